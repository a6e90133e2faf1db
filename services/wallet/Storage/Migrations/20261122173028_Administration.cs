using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Platform.Wallets.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Administration : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ledger_transactions_totals",
                schema: "wallet",
                table: "ledger_transactions",
                columns: new[] { "owner", "kind" },
                filter: "kind IN ('TOP_UP', 'REVERSAL', 'CAPTURE', 'REFUND')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ledger_transactions_totals",
                schema: "wallet",
                table: "ledger_transactions");
        }
    }
}
