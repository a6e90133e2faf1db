using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Platform.Wallets.Storage.Migrations
{
    /// <inheritdoc />
    public partial class CheckEntriesByKey : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            LedgerGuards.CheckByKey(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // The check says what the one before it said; there is nothing to go back to.
        }
    }
}
