using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Platform.Wallets.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Reversals : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "top_ups_settled_by_a_status_query",
                schema: "wallet",
                table: "top_ups");

            migrationBuilder.AddColumn<Guid>(
                name: "paid_line",
                schema: "wallet",
                table: "top_ups",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "payments",
                schema: "wallet",
                table: "top_ups",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "stage_since",
                schema: "wallet",
                table: "top_ups",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(1, 1, 1, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.CreateTable(
                name: "top_up_history",
                schema: "wallet",
                columns: table => new
                {
                    number = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    order_id = table.Column<Guid>(type: "uuid", nullable: false),
                    payment = table.Column<int>(type: "integer", nullable: false),
                    stage = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    gateway_event = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("top_up_history_pkey", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "top_up_reversals",
                schema: "wallet",
                columns: table => new
                {
                    line_id = table.Column<Guid>(type: "uuid", nullable: false),
                    order_id = table.Column<Guid>(type: "uuid", nullable: false),
                    gateway_transaction_id = table.Column<string>(type: "text", nullable: false),
                    gateway_refund_id = table.Column<long>(type: "bigint", nullable: true),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    business_key = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    gateway_event = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("top_up_reversals_pkey", x => x.line_id);
                    table.CheckConstraint("top_up_reversals_amount_positive", "amount > 0");
                    table.CheckConstraint("top_up_reversals_kind_known", "kind IN ('DENY', 'CANCEL', 'REFUND', 'CHARGEBACK')");
                    table.ForeignKey(
                        name: "top_up_reversals_gateway_event",
                        column: x => x.gateway_event,
                        principalSchema: "wallet",
                        principalTable: "gateway_events",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "top_up_reversals_line",
                        column: x => x.line_id,
                        principalSchema: "wallet",
                        principalTable: "transactions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "top_up_reversals_order",
                        column: x => x.order_id,
                        principalSchema: "wallet",
                        principalTable: "top_ups",
                        principalColumn: "order_id",
                        onDelete: ReferentialAction.Restrict);
                });

            TopUpGuards.CarryOver(migrationBuilder);

            migrationBuilder.AddCheckConstraint(
                name: "top_ups_payments_are_counted",
                schema: "wallet",
                table: "top_ups",
                sql: "(stage IN ('SETTLED', 'REVERSED')) = (payments > 0) AND (payments > 0) = (paid_line IS NOT NULL) AND payments >= 0");

            migrationBuilder.AddCheckConstraint(
                name: "top_ups_settled_by_a_status_query",
                schema: "wallet",
                table: "top_ups",
                sql: "(stage IN ('SETTLED', 'REVERSED')) = (settled_by IS NOT NULL AND settled_by_event IS NOT NULL)");

            migrationBuilder.CreateIndex(
                name: "gateway_events_to_forget",
                schema: "wallet",
                table: "gateway_events",
                column: "received_at",
                filter: "state IN ('REJECTED', 'TEST')");

            migrationBuilder.CreateIndex(
                name: "top_up_history_of_order",
                schema: "wallet",
                table: "top_up_history",
                columns: new[] { "order_id", "number" });

            migrationBuilder.CreateIndex(
                name: "top_up_reversals_business_key",
                schema: "wallet",
                table: "top_up_reversals",
                column: "business_key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "top_up_reversals_of_event",
                schema: "wallet",
                table: "top_up_reversals",
                column: "gateway_event");

            migrationBuilder.CreateIndex(
                name: "top_up_reversals_once_per_refund",
                schema: "wallet",
                table: "top_up_reversals",
                columns: new[] { "order_id", "gateway_transaction_id", "gateway_refund_id" },
                unique: true);

            TopUpGuards.Create(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "top_up_history",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "top_up_reversals",
                schema: "wallet");

            migrationBuilder.DropCheckConstraint(
                name: "top_ups_payments_are_counted",
                schema: "wallet",
                table: "top_ups");

            migrationBuilder.DropCheckConstraint(
                name: "top_ups_settled_by_a_status_query",
                schema: "wallet",
                table: "top_ups");

            migrationBuilder.DropIndex(
                name: "gateway_events_to_forget",
                schema: "wallet",
                table: "gateway_events");

            migrationBuilder.DropColumn(
                name: "paid_line",
                schema: "wallet",
                table: "top_ups");

            migrationBuilder.DropColumn(
                name: "payments",
                schema: "wallet",
                table: "top_ups");

            migrationBuilder.DropColumn(
                name: "stage_since",
                schema: "wallet",
                table: "top_ups");

            migrationBuilder.AddCheckConstraint(
                name: "top_ups_settled_by_a_status_query",
                schema: "wallet",
                table: "top_ups",
                sql: "(stage = 'SETTLED') = (settled_by IS NOT NULL AND settled_by_event IS NOT NULL)");
        }
    }
}
