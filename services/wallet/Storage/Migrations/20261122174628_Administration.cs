using System;
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
            migrationBuilder.CreateTable(
                name: "adjustment_approvals",
                schema: "wallet",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: false),
                    requested_by = table.Column<Guid>(type: "uuid", nullable: false),
                    requested_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    status = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    decided_by = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    decision_reason = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("adjustment_approvals_pkey", x => x.id);
                    table.CheckConstraint("adjustment_approvals_amount_positive", "amount > 0");
                    table.CheckConstraint("adjustment_approvals_decided_by_somebody", "(status = 'PENDING') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)");
                    table.CheckConstraint("adjustment_approvals_two_administrators", "status <> 'APPROVED' OR decided_by <> requested_by");
                });

            migrationBuilder.CreateTable(
                name: "subscriptions",
                schema: "wallet",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    monthly_price = table.Column<long>(type: "bigint", nullable: true),
                    next_billing = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    upgraded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    cancelled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("subscriptions_pkey", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ledger_transactions_totals",
                schema: "wallet",
                table: "ledger_transactions",
                columns: new[] { "owner", "kind" },
                filter: "kind IN ('TOP_UP', 'REVERSAL', 'CAPTURE', 'REFUND')");

            migrationBuilder.CreateIndex(
                name: "adjustment_approvals_status",
                schema: "wallet",
                table: "adjustment_approvals",
                columns: new[] { "status", "requested_at" });

            migrationBuilder.CreateIndex(
                name: "subscriptions_live",
                schema: "wallet",
                table: "subscriptions",
                column: "user_id",
                filter: "cancelled_at IS NULL");
            WalletFiguresView.Create(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            WalletFiguresView.Drop(migrationBuilder);
            migrationBuilder.DropTable(
                name: "adjustment_approvals",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "subscriptions",
                schema: "wallet");

            migrationBuilder.DropIndex(
                name: "ledger_transactions_totals",
                schema: "wallet",
                table: "ledger_transactions");
        }
    }
}
