using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Wallets;

/// <summary>
/// What the store promises about the ledger by itself, whatever a program tries: each transaction is whole and sums to zero when it
/// commits, and nothing that is written is ever changed. Part of the migrations: never edited once released, only followed by others.
/// </summary>
internal static class LedgerGuards
{
    public static void Create(MigrationBuilder migration)
    {
        migration.Sql("""
            CREATE FUNCTION wallet.ledger_transaction_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE
                wanted uuid; sides bigint; known bigint; total numeric; headed boolean;
            BEGIN
                IF TG_TABLE_NAME = 'ledger_entries' THEN wanted := NEW.transaction_id; ELSE wanted := NEW.id; END IF;
                SELECT count(*), count(a.id), coalesce(sum(e.amount), 0) INTO sides, known, total
                FROM wallet.ledger_entries e LEFT JOIN wallet.accounts a ON a.id = e.account_id
                WHERE e.transaction_id = wanted;
                headed := EXISTS (SELECT 1 FROM wallet.ledger_transactions WHERE id = wanted);
                IF NOT headed OR sides < 2 OR known <> sides OR total <> 0 THEN
                    RAISE EXCEPTION 'ledger transaction % is not whole: % entries, % of known accounts, sum %', wanted, sides, known, total
                        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_transaction_is_whole';
                END IF;
                RETURN NULL;
            END $$;

            CREATE CONSTRAINT TRIGGER ledger_transactions_are_whole AFTER INSERT ON wallet.ledger_transactions
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wallet.ledger_transaction_is_whole();
            CREATE CONSTRAINT TRIGGER ledger_entries_are_whole AFTER INSERT ON wallet.ledger_entries
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wallet.ledger_transaction_is_whole();

            CREATE FUNCTION wallet.ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% on % is refused: the ledger is append-only', TG_OP, TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_is_append_only';
            END $$;

            CREATE TRIGGER ledger_transactions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet.ledger_transactions
                FOR EACH STATEMENT EXECUTE FUNCTION wallet.ledger_is_append_only();
            CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet.ledger_entries
                FOR EACH STATEMENT EXECUTE FUNCTION wallet.ledger_is_append_only();
            CREATE TRIGGER accounts_stay BEFORE DELETE OR TRUNCATE ON wallet.accounts
                FOR EACH STATEMENT EXECUTE FUNCTION wallet.ledger_is_append_only();

            REVOKE UPDATE, DELETE, TRUNCATE ON wallet.ledger_transactions, wallet.ledger_entries FROM CURRENT_USER;
            REVOKE DELETE, TRUNCATE ON wallet.accounts FROM CURRENT_USER;
            """);
    }
}
