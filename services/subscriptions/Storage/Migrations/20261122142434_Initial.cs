using System;
using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Platform.Subscriptions.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "subscriptions");

            migrationBuilder.CreateTable(
                name: "cancellation_sagas",
                schema: "subscriptions",
                columns: table => new
                {
                    cancellation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    subscription_id = table.Column<Guid>(type: "uuid", nullable: false),
                    reservation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    plan_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cancellation_sagas", x => x.cancellation_id);
                });

            migrationBuilder.CreateTable(
                name: "charges",
                schema: "subscriptions",
                columns: table => new
                {
                    business_key = table.Column<string>(type: "text", nullable: false),
                    subscription_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    covers_from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    covers_to = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    plan_id = table.Column<Guid>(type: "uuid", nullable: false),
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: false),
                    custom_id = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: false),
                    captured_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_charges", x => x.business_key);
                    table.CheckConstraint("charges_amount_not_negative", "amount >= 0");
                });

            migrationBuilder.CreateTable(
                name: "decisions",
                schema: "subscriptions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    outcome = table.Column<string>(type: "text", nullable: false),
                    available = table.Column<long>(type: "bigint", nullable: true),
                    required = table.Column<long>(type: "bigint", nullable: true),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_decisions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "idempotency_keys",
                schema: "subscriptions",
                columns: table => new
                {
                    owner = table.Column<Guid>(type: "uuid", nullable: false),
                    operation = table.Column<string>(type: "text", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false),
                    request_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    effect = table.Column<string>(type: "text", nullable: true),
                    status = table.Column<int>(type: "integer", nullable: true),
                    content_type = table.Column<string>(type: "text", nullable: true),
                    body = table.Column<byte[]>(type: "bytea", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_idempotency_keys", x => new { x.owner, x.operation, x.key });
                });

            migrationBuilder.CreateTable(
                name: "inbox",
                schema: "subscriptions",
                columns: table => new
                {
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    consumer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_inbox", x => new { x.message_id, x.consumer_id });
                });

            migrationBuilder.CreateTable(
                name: "instances",
                schema: "subscriptions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    subscription_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    @namespace = table.Column<string>(name: "namespace", type: "text", nullable: false),
                    subdomain = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    health_status = table.Column<string>(type: "text", nullable: true),
                    pod_name = table.Column<string>(type: "text", nullable: true),
                    public_url = table.Column<string>(type: "text", nullable: false),
                    admin_url = table.Column<string>(type: "text", nullable: false),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    wished_generation = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_started = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_instances", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                schema: "subscriptions",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    order_key = table.Column<Guid>(type: "uuid", nullable: false),
                    destination = table.Column<string>(type: "text", nullable: false),
                    content_type = table.Column<string>(type: "text", nullable: false),
                    body = table.Column<string>(type: "text", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    token = table.Column<Guid>(type: "uuid", nullable: true),
                    retry_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    error = table.Column<string>(type: "text", nullable: true),
                    mandatory = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outbox", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "purchase_sagas",
                schema: "subscriptions",
                columns: table => new
                {
                    subscription_id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    plan_id = table.Column<Guid>(type: "uuid", nullable: false),
                    price = table.Column<long>(type: "bigint", nullable: false),
                    reservation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    hold_id = table.Column<Guid>(type: "uuid", nullable: false),
                    instance_id = table.Column<Guid>(type: "uuid", nullable: false),
                    item = table.Column<string>(type: "jsonb", nullable: false),
                    deadline_token = table.Column<Guid>(type: "uuid", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true),
                    awaits_seat_release = table.Column<bool>(type: "boolean", nullable: false),
                    awaits_funds_release = table.Column<bool>(type: "boolean", nullable: false),
                    awaits_termination = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_purchase_sagas", x => x.subscription_id);
                });

            migrationBuilder.CreateTable(
                name: "quotes",
                schema: "subscriptions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    action = table.Column<string>(type: "text", nullable: false),
                    plan_id = table.Column<Guid>(type: "uuid", nullable: false),
                    subscription_id = table.Column<Guid>(type: "uuid", nullable: true),
                    total = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_quotes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "services",
                schema: "subscriptions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    slug = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: false),
                    icon = table.Column<string>(type: "text", nullable: true),
                    version_label = table.Column<string>(type: "text", nullable: false),
                    documentation = table.Column<string>(type: "text", nullable: true),
                    is_sold = table.Column<bool>(type: "boolean", nullable: false),
                    workload = table.Column<string>(type: "jsonb", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_services", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "subscriptions",
                schema: "subscriptions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    service_id = table.Column<Guid>(type: "uuid", nullable: false),
                    plan_id = table.Column<Guid>(type: "uuid", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    phase = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    monthly_price = table.Column<long>(type: "bigint", nullable: false),
                    anchor = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    period_number = table.Column<int>(type: "integer", nullable: false),
                    period_start = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    period_end = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_billed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_charge_amount = table.Column<long>(type: "bigint", nullable: true),
                    failed_charges = table.Column<int>(type: "integer", nullable: false),
                    previous_plan_id = table.Column<Guid>(type: "uuid", nullable: true),
                    upgraded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    auto_renew = table.Column<bool>(type: "boolean", nullable: false),
                    grace_period_end = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    instance_id = table.Column<Guid>(type: "uuid", nullable: false),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    reservation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    hold_id = table.Column<Guid>(type: "uuid", nullable: false),
                    timeline_length = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_subscriptions", x => x.id);
                    table.CheckConstraint("subscriptions_ended_is_cancelled", "phase NOT IN ('ENDING', 'ENDED') OR status IN ('CANCELLED', 'EXPIRED')");
                    table.CheckConstraint("subscriptions_period_forward", "period_end > period_start");
                });

            migrationBuilder.CreateTable(
                name: "timeline",
                schema: "subscriptions",
                columns: table => new
                {
                    subscription_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    step = table.Column<string>(type: "text", nullable: false),
                    detail = table.Column<string>(type: "text", nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_timeline", x => new { x.subscription_id, x.number });
                });

            migrationBuilder.CreateTable(
                name: "upgrade_sagas",
                schema: "subscriptions",
                columns: table => new
                {
                    upgrade_id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    subscription_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    instance_id = table.Column<Guid>(type: "uuid", nullable: false),
                    from_plan_id = table.Column<Guid>(type: "uuid", nullable: false),
                    to_plan_id = table.Column<Guid>(type: "uuid", nullable: false),
                    new_price = table.Column<long>(type: "bigint", nullable: false),
                    charge = table.Column<long>(type: "bigint", nullable: false),
                    old_reservation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    new_reservation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    hold_id = table.Column<Guid>(type: "uuid", nullable: false),
                    item = table.Column<string>(type: "jsonb", nullable: false),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    deadline_token = table.Column<Guid>(type: "uuid", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true),
                    awaits_seat_release = table.Column<bool>(type: "boolean", nullable: false),
                    awaits_funds_release = table.Column<bool>(type: "boolean", nullable: false),
                    awaits_old_size = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_upgrade_sagas", x => x.upgrade_id);
                });

            migrationBuilder.CreateTable(
                name: "plans",
                schema: "subscriptions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    service_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    tier = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: true),
                    monthly_price = table.Column<long>(type: "bigint", nullable: false),
                    resources = table.Column<string>(type: "jsonb", nullable: false),
                    bandwidth_gb = table.Column<int>(type: "integer", nullable: false),
                    features = table.Column<List<string>>(type: "text[]", nullable: false),
                    max_instances_per_user = table.Column<int>(type: "integer", nullable: false),
                    max_domains = table.Column<int>(type: "integer", nullable: false),
                    is_active = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_plans", x => x.id);
                    table.ForeignKey(
                        name: "fk_plans_service",
                        column: x => x.service_id,
                        principalSchema: "subscriptions",
                        principalTable: "services",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ux_cancellation_sagas_subscription_id",
                schema: "subscriptions",
                table: "cancellation_sagas",
                column: "subscription_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_charges_subscription_id",
                schema: "subscriptions",
                table: "charges",
                column: "subscription_id");

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_keys_created_at",
                schema: "subscriptions",
                table: "idempotency_keys",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_inbox_received_at",
                schema: "subscriptions",
                table: "inbox",
                column: "received_at");

            migrationBuilder.CreateIndex(
                name: "ix_instances_subscription_id",
                schema: "subscriptions",
                table: "instances",
                column: "subscription_id");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_due",
                schema: "subscriptions",
                table: "outbox",
                column: "due_at",
                filter: "due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_ready",
                schema: "subscriptions",
                table: "outbox",
                column: "id",
                filter: "due_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_token",
                schema: "subscriptions",
                table: "outbox",
                column: "token",
                filter: "token IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_waiting",
                schema: "subscriptions",
                table: "outbox",
                column: "order_key",
                filter: "retry_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_plans_service_id",
                schema: "subscriptions",
                table: "plans",
                column: "service_id");

            migrationBuilder.CreateIndex(
                name: "ix_purchase_sagas_state",
                schema: "subscriptions",
                table: "purchase_sagas",
                column: "state");

            migrationBuilder.CreateIndex(
                name: "ix_quotes_expires_at",
                schema: "subscriptions",
                table: "quotes",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_subscriptions_user",
                schema: "subscriptions",
                table: "subscriptions",
                columns: new[] { "user_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ux_subscriptions_live_per_service",
                schema: "subscriptions",
                table: "subscriptions",
                columns: new[] { "user_id", "service_id" },
                unique: true,
                filter: "status NOT IN ('CANCELLED', 'EXPIRED')");

            migrationBuilder.CreateIndex(
                name: "ix_upgrade_sagas_subscription_id",
                schema: "subscriptions",
                table: "upgrade_sagas",
                column: "subscription_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "cancellation_sagas",
                schema: "subscriptions");

            migrationBuilder.DropTable(
                name: "charges",
                schema: "subscriptions");

            migrationBuilder.DropTable(
                name: "decisions",
                schema: "subscriptions");

            migrationBuilder.DropTable(
                name: "idempotency_keys",
                schema: "subscriptions");

            migrationBuilder.DropTable(
                name: "inbox",
                schema: "subscriptions");

            migrationBuilder.DropTable(
                name: "instances",
                schema: "subscriptions");

            migrationBuilder.DropTable(
                name: "outbox",
                schema: "subscriptions");

            migrationBuilder.DropTable(
                name: "plans",
                schema: "subscriptions");

            migrationBuilder.DropTable(
                name: "purchase_sagas",
                schema: "subscriptions");

            migrationBuilder.DropTable(
                name: "quotes",
                schema: "subscriptions");

            migrationBuilder.DropTable(
                name: "subscriptions",
                schema: "subscriptions");

            migrationBuilder.DropTable(
                name: "timeline",
                schema: "subscriptions");

            migrationBuilder.DropTable(
                name: "upgrade_sagas",
                schema: "subscriptions");

            migrationBuilder.DropTable(
                name: "services",
                schema: "subscriptions");
        }
    }
}
