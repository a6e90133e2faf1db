using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Platform.Subscriptions.Storage.Migrations
{
    /// <inheritdoc />
    public partial class PurchaseCoupons : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "coupon_code",
                schema: "subscriptions",
                table: "quotes",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "discount",
                schema: "subscriptions",
                table: "quotes",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "awaits_coupon_release",
                schema: "subscriptions",
                table: "purchase_sagas",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "coupon",
                schema: "subscriptions",
                table: "purchase_sagas",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddCheckConstraint(
                name: "quotes_coupon_has_its_discount",
                schema: "subscriptions",
                table: "quotes",
                sql: "(coupon_code IS NULL) = (discount IS NULL)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "quotes_coupon_has_its_discount",
                schema: "subscriptions",
                table: "quotes");

            migrationBuilder.DropColumn(
                name: "coupon_code",
                schema: "subscriptions",
                table: "quotes");

            migrationBuilder.DropColumn(
                name: "discount",
                schema: "subscriptions",
                table: "quotes");

            migrationBuilder.DropColumn(
                name: "awaits_coupon_release",
                schema: "subscriptions",
                table: "purchase_sagas");

            migrationBuilder.DropColumn(
                name: "coupon",
                schema: "subscriptions",
                table: "purchase_sagas");
        }
    }
}
