using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

#pragma warning disable CA1814 // Prefer jagged arrays over multidimensional

namespace Platform.Wallets.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "wallet");

            migrationBuilder.CreateSequence(
                name: "transaction_id_seq",
                schema: "wallet",
                startValue: 101L);

            migrationBuilder.CreateTable(
                name: "accounts",
                schema: "wallet",
                columns: table => new
                {
                    id = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    owner = table.Column<Guid>(type: "uuid", nullable: true),
                    balance = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("accounts_pkey", x => x.id);
                    table.CheckConstraint("accounts_balance_not_negative", "balance >= 0");
                    table.CheckConstraint("accounts_id_says_kind_and_owner", "id = lower(kind) || coalesce(':' || owner::text, '')");
                    table.CheckConstraint("accounts_kind_known", "kind IN ('USER', 'HELD', 'GATEWAY', 'REVENUE')");
                    table.CheckConstraint("accounts_owned_have_balance", "(kind IN ('USER', 'HELD')) = (owner IS NOT NULL) AND (owner IS NULL) = (balance IS NULL)");
                });

            migrationBuilder.CreateTable(
                name: "gateway_events",
                schema: "wallet",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    source = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    state = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    order_id = table.Column<string>(type: "text", nullable: true),
                    gateway_transaction_id = table.Column<string>(type: "text", nullable: true),
                    status = table.Column<string>(type: "text", nullable: true),
                    fraud_status = table.Column<string>(type: "text", nullable: true),
                    body = table.Column<string>(type: "text", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    worked_off_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("gateway_events_pkey", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "holds",
                schema: "wallet",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    code = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: true),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    available_then = table.Column<long>(type: "bigint", nullable: true),
                    correlation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    item = table.Column<string>(type: "jsonb", nullable: true),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    resolved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    capture_key = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("holds_pkey", x => x.id);
                    table.CheckConstraint("holds_amount_not_negative", "amount >= 0");
                    table.CheckConstraint("holds_capture_is_complete", "(state = 'CAPTURED') = (capture_key IS NOT NULL AND transaction_id IS NOT NULL)");
                    table.CheckConstraint("holds_end_has_its_time", "(state = 'HELD') = (resolved_at IS NULL)");
                    table.CheckConstraint("holds_only_their_end_may_be_known", "user_id IS NOT NULL OR state = 'RELEASED'");
                    table.CheckConstraint("holds_run_out", "state <> 'HELD' OR expires_at IS NOT NULL");
                    table.CheckConstraint("holds_state_known", "state IN ('HELD', 'CAPTURED', 'RELEASED', 'EXPIRED', 'REFUSED')");
                });

            migrationBuilder.CreateTable(
                name: "idempotency_keys",
                schema: "wallet",
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
                schema: "wallet",
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
                name: "ledger_entries",
                schema: "wallet",
                columns: table => new
                {
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: false),
                    account_id = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("ledger_entries_pkey", x => new { x.transaction_id, x.account_id });
                    table.CheckConstraint("ledger_entries_amount_not_zero", "amount <> 0");
                    table.CheckConstraint("ledger_entries_amount_sane", "amount BETWEEN -1000000000000 AND 1000000000000");
                });

            migrationBuilder.CreateTable(
                name: "ledger_transactions",
                schema: "wallet",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    business_key = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    owner = table.Column<Guid>(type: "uuid", nullable: false),
                    cause = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("ledger_transactions_pkey", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                schema: "wallet",
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
                name: "transactions",
                schema: "wallet",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    balance_before = table.Column<long>(type: "bigint", nullable: false),
                    balance_after = table.Column<long>(type: "bigint", nullable: false),
                    payment_method = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: true),
                    subscription_id = table.Column<Guid>(type: "uuid", nullable: true),
                    service_name = table.Column<string>(type: "text", nullable: true),
                    service_slug = table.Column<string>(type: "text", nullable: true),
                    plan_name = table.Column<string>(type: "text", nullable: true),
                    plan_type = table.Column<string>(type: "text", nullable: true),
                    description = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    completed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("transactions_pkey", x => x.id);
                    table.CheckConstraint("transactions_amounts_not_negative", "amount >= 0 AND balance_before >= 0 AND balance_after >= 0");
                    table.CheckConstraint("transactions_completed_have_their_time", "(status IN ('COMPLETED', 'REFUNDED')) = (completed_at IS NOT NULL)");
                });

            migrationBuilder.CreateTable(
                name: "users",
                schema: "wallet",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    email = table.Column<string>(type: "text", nullable: false),
                    member_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("users_pkey", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "top_ups",
                schema: "wallet",
                columns: table => new
                {
                    order_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    method = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    stage = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    snap_token = table.Column<string>(type: "text", nullable: true),
                    redirect_url = table.Column<string>(type: "text", nullable: true),
                    opened_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    next_check_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_checked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    settled_by = table.Column<string>(type: "text", nullable: true),
                    settled_by_event = table.Column<Guid>(type: "uuid", nullable: true),
                    note = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("top_ups_pkey", x => x.order_id);
                    table.CheckConstraint("top_ups_amount_in_bounds", "amount BETWEEN 10000 AND 10000000");
                    table.CheckConstraint("top_ups_open_has_its_page", "stage <> 'OPEN' OR (snap_token IS NOT NULL AND redirect_url IS NOT NULL)");
                    table.CheckConstraint("top_ups_settled_by_a_status_query", "(stage = 'SETTLED') = (settled_by IS NOT NULL AND settled_by_event IS NOT NULL)");
                    table.ForeignKey(
                        name: "top_ups_settled_by_event",
                        column: x => x.settled_by_event,
                        principalSchema: "wallet",
                        principalTable: "gateway_events",
                        principalColumn: "id");
                    table.ForeignKey(
                        name: "top_ups_transaction",
                        column: x => x.order_id,
                        principalSchema: "wallet",
                        principalTable: "transactions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.InsertData(
                schema: "wallet",
                table: "accounts",
                columns: new[] { "id", "balance", "kind", "owner" },
                values: new object[,]
                {
                    { "gateway", null, "GATEWAY", null },
                    { "revenue", null, "REVENUE", null }
                });

            migrationBuilder.CreateIndex(
                name: "accounts_owner",
                schema: "wallet",
                table: "accounts",
                column: "owner");

            migrationBuilder.CreateIndex(
                name: "gateway_events_of_order",
                schema: "wallet",
                table: "gateway_events",
                column: "order_id");

            migrationBuilder.CreateIndex(
                name: "gateway_events_to_look_at",
                schema: "wallet",
                table: "gateway_events",
                column: "received_at",
                filter: "state NOT IN ('APPLIED', 'STALE', 'TEST')");

            migrationBuilder.CreateIndex(
                name: "holds_capture_key",
                schema: "wallet",
                table: "holds",
                column: "capture_key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "holds_open_by_expiry",
                schema: "wallet",
                table: "holds",
                column: "expires_at",
                filter: "state = 'HELD'");

            migrationBuilder.CreateIndex(
                name: "holds_open_by_user",
                schema: "wallet",
                table: "holds",
                column: "user_id",
                filter: "state = 'HELD'");

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_keys_created_at",
                schema: "wallet",
                table: "idempotency_keys",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_inbox_received_at",
                schema: "wallet",
                table: "inbox",
                column: "received_at");

            migrationBuilder.CreateIndex(
                name: "ledger_entries_account",
                schema: "wallet",
                table: "ledger_entries",
                column: "account_id");

            migrationBuilder.CreateIndex(
                name: "ledger_transactions_business_key",
                schema: "wallet",
                table: "ledger_transactions",
                column: "business_key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ledger_transactions_owner",
                schema: "wallet",
                table: "ledger_transactions",
                columns: new[] { "owner", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_outbox_due",
                schema: "wallet",
                table: "outbox",
                column: "due_at",
                filter: "due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_ready",
                schema: "wallet",
                table: "outbox",
                column: "id",
                filter: "due_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_token",
                schema: "wallet",
                table: "outbox",
                column: "token",
                filter: "token IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_waiting",
                schema: "wallet",
                table: "outbox",
                column: "order_key",
                filter: "retry_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_top_ups_settled_by_event",
                schema: "wallet",
                table: "top_ups",
                column: "settled_by_event");

            migrationBuilder.CreateIndex(
                name: "top_ups_due_for_a_check",
                schema: "wallet",
                table: "top_ups",
                column: "next_check_at",
                filter: "next_check_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "top_ups_of_user",
                schema: "wallet",
                table: "top_ups",
                columns: new[] { "user_id", "opened_at" });

            migrationBuilder.CreateIndex(
                name: "transactions_number",
                schema: "wallet",
                table: "transactions",
                column: "number",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "transactions_of_subscription",
                schema: "wallet",
                table: "transactions",
                column: "subscription_id",
                filter: "subscription_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "transactions_of_user",
                schema: "wallet",
                table: "transactions",
                columns: new[] { "user_id", "created_at", "number" });

            LedgerGuards.Create(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "accounts",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "holds",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "idempotency_keys",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "inbox",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "ledger_entries",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "ledger_transactions",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "outbox",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "top_ups",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "users",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "gateway_events",
                schema: "wallet");

            migrationBuilder.DropTable(
                name: "transactions",
                schema: "wallet");

            migrationBuilder.DropSequence(
                name: "transaction_id_seq",
                schema: "wallet");
        }
    }
}
