using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Platform.Wallets.Storage.Migrations
{
    /// <summary>Changes a trigger only, so it has no model of its own beside it.</summary>
    [DbContext(typeof(WalletDbContext))]
    [Migration("20261122214731_CheckEntriesByKey")]
    public sealed class CheckEntriesByKey : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            LedgerGuards.CheckByKey(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // The check says what the one before it said; there is nothing to go back to.
        }
    }
}
