using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Platform.Wallets.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Coupons : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "redemptions",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "services",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "coupons",
                schema: "wallet");
        }
    }
}
