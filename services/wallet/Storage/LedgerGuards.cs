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

    /// <summary>
    /// The same promise, checked once per statement instead of once per row and again at commit: the entries of a transaction come in one
    /// statement, after its head, and are whole there and then. Only a head without any entry has to wait for the commit to be found.
    /// </summary>
    public static void CheckByStatement(MigrationBuilder migration)
    {
        migration.Sql("""
            DROP TRIGGER ledger_transactions_are_whole ON wallet.ledger_transactions;
            DROP TRIGGER ledger_entries_are_whole ON wallet.ledger_entries;
            DROP FUNCTION wallet.ledger_transaction_is_whole();

            CREATE FUNCTION wallet.ledger_entries_are_whole() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE
                broken record;
            BEGIN
                SELECT added.transaction_id AS id, count(*) AS sides, count(a.id) AS known, sum(added.amount) AS total INTO broken
                FROM added LEFT JOIN wallet.accounts a ON a.id = added.account_id
                GROUP BY added.transaction_id
                HAVING count(*) < 2 OR count(a.id) <> count(*) OR sum(added.amount) <> 0
                    OR count(*) <> (SELECT count(*) FROM wallet.ledger_entries e WHERE e.transaction_id = added.transaction_id)
                    OR NOT EXISTS (SELECT FROM wallet.ledger_transactions t WHERE t.id = added.transaction_id)
                LIMIT 1;
                IF FOUND THEN
                    RAISE EXCEPTION 'ledger transaction % is not whole: % entries at once, % of known accounts, sum %',
                        broken.id, broken.sides, broken.known, broken.total
                        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_transaction_is_whole';
                END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER ledger_entries_are_whole AFTER INSERT ON wallet.ledger_entries REFERENCING NEW TABLE AS added
                FOR EACH STATEMENT EXECUTE FUNCTION wallet.ledger_entries_are_whole();

            CREATE FUNCTION wallet.ledger_transaction_has_entries() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NOT EXISTS (SELECT FROM wallet.ledger_entries WHERE transaction_id = NEW.id) THEN
                    RAISE EXCEPTION 'ledger transaction % has no entries', NEW.id
                        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_transaction_is_whole';
                END IF;
                RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER ledger_transactions_have_entries AFTER INSERT ON wallet.ledger_transactions
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wallet.ledger_transaction_has_entries();
            """);
    }

    /// <summary>
    /// The same check, asked so that each row is looked up by its key. A join, or an EXISTS, may be planned as a hash of the whole other
    /// table; and a plan that was right for the small ledger of the first hour stays while the ledger grows.
    /// </summary>
    public static void CheckByKey(MigrationBuilder migration)
    {
        migration.Sql("""
            CREATE OR REPLACE FUNCTION wallet.ledger_entries_are_whole() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE
                broken record;
            BEGIN
                SELECT each.* INTO broken FROM (
                    SELECT transaction_id AS id, count(*) AS sides, sum(amount) AS total,
                        count((SELECT a.id FROM wallet.accounts a WHERE a.id = added.account_id)) AS known
                    FROM added GROUP BY transaction_id) AS each
                WHERE sides < 2 OR known <> sides OR total <> 0
                    OR sides <> (SELECT count(*) FROM wallet.ledger_entries e WHERE e.transaction_id = each.id)
                    OR (SELECT t.id FROM wallet.ledger_transactions t WHERE t.id = each.id) IS NULL
                LIMIT 1;
                IF FOUND THEN
                    RAISE EXCEPTION 'ledger transaction % is not whole: % entries at once, % of known accounts, sum %',
                        broken.id, broken.sides, broken.known, broken.total
                        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_transaction_is_whole';
                END IF;
                RETURN NULL;
            END $$;
            """);
    }

    /// <summary>
    /// Until now top-ups were credited from an account called <c>gateway</c>, which nobody had reconciled: what is called <c>clearing</c>
    /// from here on. The same account under its new name; no amount changes.
    /// </summary>
    public static void RenameGatewayToClearing(MigrationBuilder migration)
    {
        migration.Sql("""
            GRANT UPDATE ON wallet.ledger_entries TO CURRENT_USER;
            ALTER TABLE wallet.ledger_entries DISABLE TRIGGER ledger_entries_append_only;
            UPDATE wallet.ledger_entries SET account_id = 'clearing' WHERE account_id = 'gateway';
            ALTER TABLE wallet.ledger_entries ENABLE TRIGGER ledger_entries_append_only;
            REVOKE UPDATE ON wallet.ledger_entries FROM CURRENT_USER;
            """);
    }
}
