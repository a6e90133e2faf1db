using System;
using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Platform.Provisioner.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "provisioner");

            migrationBuilder.CreateTable(
                name: "idempotency_keys",
                schema: "provisioner",
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
                schema: "provisioner",
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
                schema: "provisioner",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    subscription_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    correlation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    wish = table.Column<string>(type: "text", nullable: false),
                    workload = table.Column<string>(type: "jsonb", nullable: true),
                    cpu_millis = table.Column<int>(type: "integer", nullable: false),
                    memory_mib = table.Column<int>(type: "integer", nullable: false),
                    storage_gib = table.Column<int>(type: "integer", nullable: false),
                    volume_gib = table.Column<int>(type: "integer", nullable: false),
                    name = table.Column<string>(type: "text", nullable: true),
                    host = table.Column<string>(type: "text", nullable: true),
                    public_url = table.Column<string>(type: "text", nullable: true),
                    status = table.Column<string>(type: "text", nullable: false),
                    health_status = table.Column<string>(type: "text", nullable: true),
                    pod_name = table.Column<string>(type: "text", nullable: true),
                    observed_generation = table.Column<long>(type: "bigint", nullable: false),
                    answered_generation = table.Column<long>(type: "bigint", nullable: false),
                    outcome = table.Column<string>(type: "text", nullable: true),
                    answered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    answered_pod = table.Column<string>(type: "text", nullable: true),
                    failure_code = table.Column<string>(type: "text", nullable: true),
                    failure_detail = table.Column<string>(type: "text", nullable: true),
                    told_steps = table.Column<List<string>>(type: "text[]", nullable: false),
                    broken_code = table.Column<string>(type: "text", nullable: true),
                    broken_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    applied_generation = table.Column<long>(type: "bigint", nullable: false),
                    apply_due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    deployment_generation = table.Column<long>(type: "bigint", nullable: true),
                    volume_uid = table.Column<string>(type: "text", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    deadline_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    next_attempt_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    lease = table.Column<long>(type: "bigint", nullable: false),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    termination_correlations = table.Column<List<Guid>>(type: "uuid[]", nullable: false),
                    termination_asked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ready_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    observed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    terminated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("instances_pkey", x => x.id);
                    table.CheckConstraint("instances_answers_follow_wishes", "answered_generation <= generation AND observed_generation <= generation");
                    table.CheckConstraint("instances_failure_has_reason", "outcome IS DISTINCT FROM 'FAILED' OR answered_generation < generation OR failure_code IS NOT NULL");
                    table.CheckConstraint("instances_outcome_known", "outcome IN ('READY', 'FAILED')");
                    table.CheckConstraint("instances_status_known", "status IN ('PENDING', 'PROVISIONING', 'RUNNING', 'STOPPING', 'ERROR', 'TERMINATED')");
                    table.CheckConstraint("instances_terminated_is_wished", "(terminated_at IS NULL) = (status <> 'TERMINATED') AND (terminated_at IS NULL OR wish = 'TERMINATE')");
                    table.CheckConstraint("instances_wish_is_whole", "wish = 'TERMINATE' OR (workload IS NOT NULL AND name IS NOT NULL AND host IS NOT NULL)");
                    table.CheckConstraint("instances_wish_known", "wish IN ('RUN', 'TERMINATE')");
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                schema: "provisioner",
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

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_keys_created_at",
                schema: "provisioner",
                table: "idempotency_keys",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_inbox_received_at",
                schema: "provisioner",
                table: "inbox",
                column: "received_at");

            migrationBuilder.CreateIndex(
                name: "instances_by_user",
                schema: "provisioner",
                table: "instances",
                columns: new[] { "user_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "instances_due",
                schema: "provisioner",
                table: "instances",
                column: "next_attempt_at",
                filter: "next_attempt_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "instances_host_unique",
                schema: "provisioner",
                table: "instances",
                column: "host",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_outbox_due",
                schema: "provisioner",
                table: "outbox",
                column: "due_at",
                filter: "due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_ready",
                schema: "provisioner",
                table: "outbox",
                column: "id",
                filter: "due_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_token",
                schema: "provisioner",
                table: "outbox",
                column: "token",
                filter: "token IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_waiting",
                schema: "provisioner",
                table: "outbox",
                column: "order_key",
                filter: "retry_at IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "idempotency_keys",
                schema: "provisioner");

            migrationBuilder.DropTable(
                name: "inbox",
                schema: "provisioner");

            migrationBuilder.DropTable(
                name: "instances",
                schema: "provisioner");

            migrationBuilder.DropTable(
                name: "outbox",
                schema: "provisioner");
        }
    }
}
