using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Platform.Hosting;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

#pragma warning disable CA1814 // Prefer jagged arrays over multidimensional

namespace Platform.Wallets.Storage.Migrations
{
    /// <inheritdoc />
    public partial class CompleteWallet : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "transactions_amounts_not_negative",
                schema: "wallet",
                table: "transactions");

            migrationBuilder.DropCheckConstraint(
                name: "top_ups_settled_by_a_status_query",
                schema: "wallet",
                table: "top_ups");

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

            migrationBuilder.CreateTable(
                name: "coupons",
                schema: "wallet",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    code = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    description = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    type = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    credit_amount = table.Column<long>(type: "bigint", nullable: true),
                    discount_type = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    discount_percent = table.Column<int>(type: "integer", nullable: true),
                    max_uses = table.Column<int>(type: "integer", nullable: false),
                    used_count = table.Column<int>(type: "integer", nullable: false),
                    max_uses_per_user = table.Column<int>(type: "integer", nullable: false),
                    service_id = table.Column<Guid>(type: "uuid", nullable: true),
                    plan_type = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    valid_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    valid_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("coupons_pkey", x => x.id);
                    table.CheckConstraint("coupons_amount_sane", "credit_amount BETWEEN 1000 AND 10000000");
                    table.CheckConstraint("coupons_code_is_normalised", "code ~ '^[A-Z0-9_-]{3,50}$'");
                    table.CheckConstraint("coupons_end_after_they_begin", "valid_until > valid_from");
                    table.CheckConstraint("coupons_limits_sane", "max_uses BETWEEN 1 AND 1000000 AND max_uses_per_user BETWEEN 1 AND 100");
                    table.CheckConstraint("coupons_percent_sane", "discount_percent BETWEEN 1 AND 100");
                    table.CheckConstraint("coupons_plan_type_known", "plan_type IN ('FREE', 'BASIC', 'PRO', 'PREMIUM', 'ENTERPRISE')");
                    table.CheckConstraint("coupons_status_known", "status IN ('ACTIVE', 'EXPIRED', 'DISABLED', 'USED_UP')");
                    table.CheckConstraint("coupons_type_known", "type IN ('CREDIT_TOPUP', 'SUBSCRIPTION_DISCOUNT', 'FREE_SERVICE', 'WELCOME_BONUS')");
                    table.CheckConstraint("coupons_used_up_when_full", "CASE status WHEN 'USED_UP' THEN used_count = max_uses WHEN 'ACTIVE' THEN used_count < max_uses ELSE true END");
                    table.CheckConstraint("coupons_uses_within_limit", "used_count BETWEEN 0 AND max_uses");
                    table.CheckConstraint("coupons_worth_fits_type", "CASE\n    WHEN type IN ('CREDIT_TOPUP', 'WELCOME_BONUS')\n        THEN credit_amount IS NOT NULL AND discount_type IS NULL AND discount_percent IS NULL\n    WHEN type = 'FREE_SERVICE'\n        THEN service_id IS NOT NULL AND credit_amount IS NULL AND discount_type IS NULL AND discount_percent IS NULL\n    WHEN discount_type = 'FIXED_AMOUNT' THEN credit_amount IS NOT NULL AND discount_percent IS NULL\n    WHEN discount_type = 'PERCENTAGE' THEN credit_amount IS NULL AND discount_percent IS NOT NULL\n    ELSE false\nEND");
                });

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

            migrationBuilder.CreateTable(
                name: "services",
                schema: "wallet",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    slug = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("services_pkey", x => x.id);
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

            migrationBuilder.CreateTable(
                name: "redemptions",
                schema: "wallet",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    code = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: true),
                    coupon_id = table.Column<Guid>(type: "uuid", nullable: true),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    type = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: true),
                    credit_amount = table.Column<long>(type: "bigint", nullable: true),
                    discount_amount = table.Column<long>(type: "bigint", nullable: true),
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: true),
                    subscription_id = table.Column<Guid>(type: "uuid", nullable: true),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    redeemed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    is_over_limit = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("redemptions_pkey", x => x.id);
                    table.CheckConstraint("redemptions_amounts_not_negative", "credit_amount > 0 AND discount_amount >= 0");
                    table.CheckConstraint("redemptions_confirmed_have_their_time", "(state = 'CONFIRMED') = (redeemed_at IS NOT NULL)");
                    table.CheckConstraint("redemptions_credit_has_its_line", "(credit_amount IS NULL) = (transaction_id IS NULL)");
                    table.CheckConstraint("redemptions_ended_have_their_time", "(NOT state IN ('RESERVED', 'CONFIRMED')) = (ended_at IS NOT NULL)");
                    table.CheckConstraint("redemptions_of_a_coupon", "NOT state IN ('RESERVED', 'CONFIRMED') OR (coupon_id IS NOT NULL AND user_id IS NOT NULL AND type IS NOT NULL)");
                    table.CheckConstraint("redemptions_only_their_end_may_be_known", "user_id IS NOT NULL OR state = 'RELEASED'");
                    table.CheckConstraint("redemptions_over_limit_are_confirmed", "state = 'CONFIRMED' OR NOT is_over_limit");
                    table.CheckConstraint("redemptions_refusal_has_its_code", "(state = 'REFUSED') = (code IS NOT NULL)");
                    table.CheckConstraint("redemptions_run_out", "state <> 'RESERVED' OR expires_at IS NOT NULL");
                    table.CheckConstraint("redemptions_state_known", "state IN ('RESERVED', 'CONFIRMED', 'RELEASED', 'EXPIRED', 'REFUSED')");
                    table.CheckConstraint("redemptions_worth_something", "NOT state IN ('RESERVED', 'CONFIRMED') OR (credit_amount IS NULL) <> (discount_amount IS NULL)");
                    table.ForeignKey(
                        name: "redemptions_coupon",
                        column: x => x.coupon_id,
                        principalSchema: "wallet",
                        principalTable: "coupons",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
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

            TopUpGuards.CarryOver(migrationBuilder);

            migrationBuilder.AddCheckConstraint(
                name: "transactions_refunded_within_amount",
                schema: "wallet",
                table: "transactions",
                sql: "amount >= 0 AND refunded BETWEEN 0 AND amount");

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
                name: "ledger_transactions_totals",
                schema: "wallet",
                table: "ledger_transactions",
                columns: new[] { "owner", "kind" },
                filter: "kind IN ('TOP_UP', 'REVERSAL', 'CAPTURE', 'REFUND')");

            migrationBuilder.CreateIndex(
                name: "gateway_events_to_forget",
                schema: "wallet",
                table: "gateway_events",
                column: "received_at",
                filter: "state IN ('REJECTED', 'TEST')");

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
                name: "adjustment_approvals_status",
                schema: "wallet",
                table: "adjustment_approvals",
                columns: new[] { "status", "requested_at" });

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

            migrationBuilder.CreateIndex(
                name: "coupons_by_age",
                schema: "wallet",
                table: "coupons",
                columns: new[] { "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "coupons_code",
                schema: "wallet",
                table: "coupons",
                column: "code",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "coupons_welcoming",
                schema: "wallet",
                table: "coupons",
                columns: new[] { "created_at", "id" },
                filter: "type = 'WELCOME_BONUS' AND status = 'ACTIVE'");

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
                name: "redemptions_by_time",
                schema: "wallet",
                table: "redemptions",
                column: "redeemed_at",
                filter: "state = 'CONFIRMED'");

            migrationBuilder.CreateIndex(
                name: "redemptions_of_coupon",
                schema: "wallet",
                table: "redemptions",
                columns: new[] { "coupon_id", "user_id" });

            migrationBuilder.CreateIndex(
                name: "redemptions_of_user",
                schema: "wallet",
                table: "redemptions",
                columns: new[] { "user_id", "redeemed_at" },
                filter: "state = 'CONFIRMED'");

            migrationBuilder.CreateIndex(
                name: "redemptions_open_by_expiry",
                schema: "wallet",
                table: "redemptions",
                column: "expires_at",
                filter: "state = 'RESERVED'");

            migrationBuilder.CreateIndex(
                name: "refunds_of_charge",
                schema: "wallet",
                table: "refunds",
                column: "charge_id");

            migrationBuilder.CreateIndex(
                name: "subscriptions_live",
                schema: "wallet",
                table: "subscriptions",
                column: "user_id",
                filter: "cancelled_at IS NULL");

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

            WalletFiguresView.Create(migrationBuilder);
            migrationBuilder.GuardAudit("wallet");
            LedgerGuards.RenameGatewayToClearing(migrationBuilder);
            LedgerGuards.CheckByStatement(migrationBuilder);
            TopUpGuards.Create(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            throw new System.NotSupportedException("What was posted since cannot be taken back: go on with a later migration.");
        }
    }
}
