using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Wallets;

/// <summary>
/// The view behind the lists for administrators: each known user with what they have (<c>credit</c>, less what they owe), what they owe
/// (<c>debt</c>, zero or less) and their totals by the ledger. Part of the migrations: never edited once released, only replaced.
/// </summary>
internal static class WalletFiguresView
{
    public static void Create(MigrationBuilder migration) => migration.Sql("""
        CREATE VIEW wallet.wallet_figures AS
        SELECT u.id, u.name, u.email, u.member_since, coalesce(b.credit, 0)::bigint AS credit, coalesce(b.debt, 0)::bigint AS debt,
            coalesce(t.top_up, 0)::bigint AS top_up, coalesce(t.spent, 0)::bigint AS spent
        FROM wallet.users u
        LEFT JOIN (
            SELECT owner, sum(balance) AS credit, sum(balance) FILTER (WHERE kind = 'DEBT') AS debt
            FROM wallet.accounts WHERE owner IS NOT NULL GROUP BY owner) b ON b.owner = u.id
        LEFT JOIN (
            SELECT t.owner, sum(CASE t.kind WHEN 'TOP_UP' THEN e.amount WHEN 'REVERSAL' THEN -e.amount END) AS top_up,
                sum(CASE t.kind WHEN 'CAPTURE' THEN e.amount WHEN 'REFUND' THEN -e.amount END) AS spent
            FROM wallet.ledger_transactions t JOIN wallet.ledger_entries e ON e.transaction_id = t.id
            WHERE t.kind IN ('TOP_UP', 'REVERSAL', 'CAPTURE', 'REFUND') AND e.amount > 0 GROUP BY t.owner) t ON t.owner = u.id;
        """);

    public static void Drop(MigrationBuilder migration) => migration.Sql("DROP VIEW wallet.wallet_figures;");
}
