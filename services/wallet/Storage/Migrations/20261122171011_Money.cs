using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Platform.Hosting;

#nullable disable

#pragma warning disable CA1814 // Prefer jagged arrays over multidimensional

namespace Platform.Wallets.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Money : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "transactions_amounts_not_negative",
                schema: "wallet",
                table: "transactions");

            migrationBuilder.DropCheckConstraint(
                name: "accounts_balance_not_negative",
                schema: "wallet",
                table: "accounts");

            migrationBuilder.DropCheckConstraint(
                name: "accounts_kind_known",
                schema: "wallet",
                table: "accounts");

            migrationBuilder.DropCheckConstraint(
                name: "accounts_owned_have_balance",
                schema: "wallet",
                table: "accounts");

            migrationBuilder.AddColumn<string>(
                name: "admin_notes",
                schema: "wallet",
                table: "transactions",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "processed_by",
                schema: "wallet",
                table: "transactions",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "refunded",
                schema: "wallet",
                table: "transactions",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<Guid>(
                name: "refunds",
                schema: "wallet",
                table: "transactions",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "audit_entries",
                schema: "wallet",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    actor = table.Column<Guid>(type: "uuid", nullable: false),
                    action = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    target = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    reason = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    before = table.Column<string>(type: "jsonb", nullable: true),
                    after = table.Column<string>(type: "jsonb", nullable: true),
                    trace_id = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("audit_entries_pkey", x => x.id);
                });

            migrationBuilder.InsertData(
                schema: "wallet",
                table: "accounts",
                columns: new[] { "id", "balance", "kind", "owner" },
                values: new object[,]
                {
                    { "adjustment", null, "ADJUSTMENT", null },
                    { "bonus", null, "BONUS", null },
                    { "clearing", null, "CLEARING", null },
                    { "refunds", null, "REFUNDS", null }
                });

            migrationBuilder.AddCheckConstraint(
                name: "transactions_refunded_within_amount",
                schema: "wallet",
                table: "transactions",
                sql: "amount >= 0 AND refunded BETWEEN 0 AND amount");

            migrationBuilder.AddCheckConstraint(
                name: "accounts_balance_not_negative",
                schema: "wallet",
                table: "accounts",
                sql: "CASE kind WHEN 'DEBT' THEN balance <= 0 ELSE balance >= 0 END");

            migrationBuilder.AddCheckConstraint(
                name: "accounts_kind_known",
                schema: "wallet",
                table: "accounts",
                sql: "kind IN ('USER', 'HELD', 'DEBT', 'CLEARING', 'GATEWAY', 'REVENUE', 'REFUNDS', 'BONUS', 'ADJUSTMENT')");

            migrationBuilder.AddCheckConstraint(
                name: "accounts_owned_have_balance",
                schema: "wallet",
                table: "accounts",
                sql: "(kind IN ('USER', 'HELD', 'DEBT')) = (owner IS NOT NULL) AND (owner IS NULL) = (balance IS NULL)");

            migrationBuilder.CreateIndex(
                name: "audit_entries_at",
                schema: "wallet",
                table: "audit_entries",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "audit_entries_target",
                schema: "wallet",
                table: "audit_entries",
                columns: new[] { "target", "at" });

            migrationBuilder.GuardAudit("wallet");
            LedgerGuards.CheckByStatement(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_entries",
                schema: "wallet");

            migrationBuilder.DropCheckConstraint(
                name: "transactions_refunded_within_amount",
                schema: "wallet",
                table: "transactions");

            migrationBuilder.DropCheckConstraint(
                name: "accounts_balance_not_negative",
                schema: "wallet",
                table: "accounts");

            migrationBuilder.DropCheckConstraint(
                name: "accounts_kind_known",
                schema: "wallet",
                table: "accounts");

            migrationBuilder.DropCheckConstraint(
                name: "accounts_owned_have_balance",
                schema: "wallet",
                table: "accounts");

            migrationBuilder.DeleteData(
                schema: "wallet",
                table: "accounts",
                keyColumn: "id",
                keyValue: "adjustment");

            migrationBuilder.DeleteData(
                schema: "wallet",
                table: "accounts",
                keyColumn: "id",
                keyValue: "bonus");

            migrationBuilder.DeleteData(
                schema: "wallet",
                table: "accounts",
                keyColumn: "id",
                keyValue: "clearing");

            migrationBuilder.DeleteData(
                schema: "wallet",
                table: "accounts",
                keyColumn: "id",
                keyValue: "refunds");

            migrationBuilder.DropColumn(
                name: "admin_notes",
                schema: "wallet",
                table: "transactions");

            migrationBuilder.DropColumn(
                name: "processed_by",
                schema: "wallet",
                table: "transactions");

            migrationBuilder.DropColumn(
                name: "refunded",
                schema: "wallet",
                table: "transactions");

            migrationBuilder.DropColumn(
                name: "refunds",
                schema: "wallet",
                table: "transactions");

            migrationBuilder.AddCheckConstraint(
                name: "transactions_amounts_not_negative",
                schema: "wallet",
                table: "transactions",
                sql: "amount >= 0 AND balance_before >= 0 AND balance_after >= 0");

            migrationBuilder.AddCheckConstraint(
                name: "accounts_balance_not_negative",
                schema: "wallet",
                table: "accounts",
                sql: "balance >= 0");

            migrationBuilder.AddCheckConstraint(
                name: "accounts_kind_known",
                schema: "wallet",
                table: "accounts",
                sql: "kind IN ('USER', 'HELD', 'GATEWAY', 'REVENUE')");

            migrationBuilder.AddCheckConstraint(
                name: "accounts_owned_have_balance",
                schema: "wallet",
                table: "accounts",
                sql: "(kind IN ('USER', 'HELD')) = (owner IS NOT NULL) AND (owner IS NULL) = (balance IS NULL)");
        }
    }
}
