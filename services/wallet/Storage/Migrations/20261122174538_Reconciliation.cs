using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Platform.Wallets.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Reconciliation : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "reconciled_orders",
                schema: "wallet",
                columns: table => new
                {
                    order_id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    gateway_settled = table.Column<long>(type: "bigint", nullable: false),
                    gateway_reversed = table.Column<long>(type: "bigint", nullable: false),
                    ledger_credited = table.Column<long>(type: "bigint", nullable: false),
                    ledger_reversed = table.Column<long>(type: "bigint", nullable: false),
                    checked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    agreed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("reconciled_orders_pkey", x => x.order_id);
                    table.CheckConstraint("reconciled_orders_agreed_agree", "state <> 'AGREED' OR gateway_settled - gateway_reversed = ledger_credited - ledger_reversed");
                    table.CheckConstraint("reconciled_orders_state_known", "state IN ('AGREED', 'DIFFERENT', 'UNANSWERED')");
                    table.ForeignKey(
                        name: "reconciled_orders_top_up",
                        column: x => x.order_id,
                        principalSchema: "wallet",
                        principalTable: "top_ups",
                        principalColumn: "order_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "reconciliation_differences",
                schema: "wallet",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    order_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    gateway_settled = table.Column<long>(type: "bigint", nullable: false),
                    gateway_reversed = table.Column<long>(type: "bigint", nullable: false),
                    ledger_credited = table.Column<long>(type: "bigint", nullable: false),
                    ledger_reversed = table.Column<long>(type: "bigint", nullable: false),
                    detail = table.Column<string>(type: "text", nullable: false),
                    first_seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    resolved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("reconciliation_differences_pkey", x => x.id);
                    table.ForeignKey(
                        name: "reconciliation_differences_top_up",
                        column: x => x.order_id,
                        principalSchema: "wallet",
                        principalTable: "top_ups",
                        principalColumn: "order_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "reconciliation_runs",
                schema: "wallet",
                columns: table => new
                {
                    key = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    date = table.Column<DateOnly>(type: "date", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    holder = table.Column<Guid>(type: "uuid", nullable: true),
                    next_try_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    tries = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    @checked = table.Column<int>(name: "checked", type: "integer", nullable: false),
                    agreed = table.Column<int>(type: "integer", nullable: false),
                    different = table.Column<int>(type: "integer", nullable: false),
                    unanswered = table.Column<int>(type: "integer", nullable: false),
                    requested_by = table.Column<Guid>(type: "uuid", nullable: true),
                    reason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("reconciliation_runs_pkey", x => x.key);
                    table.CheckConstraint("reconciliation_runs_ended_have_their_time", "(state IN ('COMPLETE', 'INCOMPLETE')) = (finished_at IS NOT NULL)");
                    table.CheckConstraint("reconciliation_runs_kind_known", "kind IN ('DAILY', 'LIGHT', 'MANUAL')");
                    table.CheckConstraint("reconciliation_runs_manual_have_their_reason", "(kind = 'MANUAL') = (requested_by IS NOT NULL AND reason IS NOT NULL)");
                    table.CheckConstraint("reconciliation_runs_state_known", "state IN ('DUE', 'RUNNING', 'COMPLETE', 'INCOMPLETE')");
                });

            migrationBuilder.CreateTable(
                name: "refunds",
                schema: "wallet",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    code = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: true),
                    refundable_then = table.Column<long>(type: "bigint", nullable: false),
                    charge_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    correlation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("refunds_pkey", x => x.id);
                    table.CheckConstraint("refunds_given_have_their_line", "(state = 'REFUNDED') = (transaction_id IS NOT NULL)");
                    table.CheckConstraint("refunds_given_within_refundable", "state <> 'REFUNDED' OR (amount > 0 AND amount <= refundable_then)");
                    table.CheckConstraint("refunds_refused_have_their_code", "(state = 'REFUSED') = (code IS NOT NULL)");
                    table.CheckConstraint("refunds_state_known", "state IN ('REFUNDED', 'REFUSED')");
                });

            migrationBuilder.CreateIndex(
                name: "reconciliation_differences_first_seen",
                schema: "wallet",
                table: "reconciliation_differences",
                column: "first_seen_at");

            migrationBuilder.CreateIndex(
                name: "reconciliation_differences_one_open_per_order",
                schema: "wallet",
                table: "reconciliation_differences",
                column: "order_id",
                unique: true,
                filter: "resolved_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "reconciliation_runs_due",
                schema: "wallet",
                table: "reconciliation_runs",
                column: "next_try_at",
                filter: "next_try_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "reconciliation_runs_of_date",
                schema: "wallet",
                table: "reconciliation_runs",
                columns: new[] { "date", "created_at" });

            migrationBuilder.CreateIndex(
                name: "refunds_of_charge",
                schema: "wallet",
                table: "refunds",
                column: "charge_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "reconciled_orders",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "reconciliation_differences",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "reconciliation_runs",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "refunds",
                schema: "wallet");
        }
    }
}
