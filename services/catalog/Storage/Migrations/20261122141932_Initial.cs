using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Platform.Catalog.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "catalog");

            migrationBuilder.CreateTable(
                name: "categories",
                schema: "catalog",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    slug = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    description = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    sort_order = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("categories_pk", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "idempotency_keys",
                schema: "catalog",
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
                schema: "catalog",
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
                name: "outbox",
                schema: "catalog",
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
                name: "seat_reservations",
                schema: "catalog",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    plan_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    refusal_code = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: true),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    confirmed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("seat_reservations_pk", x => x.id);
                    table.CheckConstraint("seat_reservations_refusal_has_code", "(state = 'REFUSED') = (refusal_code IS NOT NULL)");
                    table.CheckConstraint("seat_reservations_seat_has_holder", "state NOT IN ('RESERVED', 'CONFIRMED') OR (user_id IS NOT NULL AND expires_at IS NOT NULL AND ended_at IS NULL)");
                    table.CheckConstraint("seat_reservations_state_known", "state IN ('RESERVED', 'CONFIRMED', 'RELEASED', 'EXPIRED', 'REFUSED')");
                });

            migrationBuilder.CreateTable(
                name: "services",
                schema: "catalog",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    category_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    slug = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    description = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    long_description = table.Column<string>(type: "character varying(5000)", maxLength: 5000, nullable: true),
                    icon = table.Column<string>(type: "text", nullable: true),
                    documentation = table.Column<string>(type: "text", nullable: true),
                    version_label = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    docker_image = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    default_port = table.Column<int>(type: "integer", nullable: false),
                    data_path = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    run_as_user = table.Column<long>(type: "bigint", nullable: false),
                    probe_kind = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    probe_path = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    probe_command = table.Column<string[]>(type: "text[]", nullable: true),
                    tags = table.Column<string[]>(type: "text[]", nullable: false),
                    is_active = table.Column<bool>(type: "boolean", nullable: false),
                    is_public = table.Column<bool>(type: "boolean", nullable: false),
                    is_featured = table.Column<bool>(type: "boolean", nullable: false),
                    sort_order = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    env_template = table.Column<string>(type: "jsonb", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("services_pk", x => x.id);
                    table.CheckConstraint("services_image_names_a_version", "docker_image LIKE '%:%' AND docker_image NOT LIKE '%:latest'");
                    table.CheckConstraint("services_not_root", "run_as_user > 0");
                    table.CheckConstraint("services_port_in_range", "default_port BETWEEN 1 AND 65535");
                    table.CheckConstraint("services_probe_is_whole", "(probe_kind = 'HTTP' AND probe_path LIKE '/%' AND probe_command IS NULL)\nOR (probe_kind = 'TCP' AND probe_path IS NULL AND probe_command IS NULL)\nOR (probe_kind = 'EXEC' AND probe_path IS NULL AND cardinality(probe_command) > 0)");
                    table.ForeignKey(
                        name: "services_category_fk",
                        column: x => x.category_id,
                        principalSchema: "catalog",
                        principalTable: "categories",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "plans",
                schema: "catalog",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    service_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    plan_type = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    description = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    monthly_price = table.Column<long>(type: "bigint", nullable: false),
                    cpu_milli = table.Column<int>(type: "integer", nullable: false),
                    memory_mb = table.Column<int>(type: "integer", nullable: false),
                    storage_gb = table.Column<int>(type: "integer", nullable: false),
                    bandwidth = table.Column<int>(type: "integer", nullable: false),
                    total_quota = table.Column<int>(type: "integer", nullable: false),
                    used_quota = table.Column<int>(type: "integer", nullable: false),
                    features = table.Column<string[]>(type: "text[]", nullable: false),
                    max_instances_per_user = table.Column<int>(type: "integer", nullable: false),
                    max_domains = table.Column<int>(type: "integer", nullable: false),
                    is_active = table.Column<bool>(type: "boolean", nullable: false),
                    is_popular = table.Column<bool>(type: "boolean", nullable: false),
                    sort_order = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("plans_pk", x => x.id);
                    table.CheckConstraint("plans_limits_in_range", "bandwidth >= 0 AND max_instances_per_user > 0 AND max_domains > 0");
                    table.CheckConstraint("plans_price_in_range", "monthly_price BETWEEN 0 AND 100000000");
                    table.CheckConstraint("plans_seats_in_quota", "used_quota BETWEEN 0 AND total_quota");
                    table.CheckConstraint("plans_size_positive", "cpu_milli > 0 AND memory_mb > 0 AND storage_gb > 0");
                    table.CheckConstraint("plans_type_known", "plan_type IN ('FREE', 'BASIC', 'PRO', 'PREMIUM', 'ENTERPRISE')");
                    table.ForeignKey(
                        name: "plans_service_fk",
                        column: x => x.service_id,
                        principalSchema: "catalog",
                        principalTable: "services",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "categories_slug_unique",
                schema: "catalog",
                table: "categories",
                column: "slug",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_keys_created_at",
                schema: "catalog",
                table: "idempotency_keys",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_inbox_received_at",
                schema: "catalog",
                table: "inbox",
                column: "received_at");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_due",
                schema: "catalog",
                table: "outbox",
                column: "due_at",
                filter: "due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_ready",
                schema: "catalog",
                table: "outbox",
                column: "id",
                filter: "due_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_token",
                schema: "catalog",
                table: "outbox",
                column: "token",
                filter: "token IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_waiting",
                schema: "catalog",
                table: "outbox",
                column: "order_key",
                filter: "retry_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "plans_type_once_per_service",
                schema: "catalog",
                table: "plans",
                columns: new[] { "service_id", "plan_type" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "seat_reservations_live",
                schema: "catalog",
                table: "seat_reservations",
                columns: new[] { "plan_id", "user_id" },
                filter: "state IN ('RESERVED', 'CONFIRMED')");

            migrationBuilder.CreateIndex(
                name: "seat_reservations_overdue",
                schema: "catalog",
                table: "seat_reservations",
                column: "expires_at",
                filter: "state = 'RESERVED'");

            migrationBuilder.CreateIndex(
                name: "services_category",
                schema: "catalog",
                table: "services",
                column: "category_id");

            migrationBuilder.CreateIndex(
                name: "services_slug_unique",
                schema: "catalog",
                table: "services",
                column: "slug",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "idempotency_keys",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "inbox",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "outbox",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "plans",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "seat_reservations",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "services",
                schema: "catalog");

            migrationBuilder.DropTable(
                name: "categories",
                schema: "catalog");
        }
    }
}
