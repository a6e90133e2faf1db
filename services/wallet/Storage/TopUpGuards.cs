using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Wallets;

/// <summary>
/// What the store promises about top-ups by itself, whatever a program tries: their rank never falls, their terms stay, none disappears,
/// and each step is remembered. Part of the migrations: never edited once released, only followed by others.
/// </summary>
internal static class TopUpGuards
{
    /// <summary>For top-ups that were there before steps were remembered: those that were paid were paid once, and the history begins with
    /// where each stands now.</summary>
    public static void CarryOver(MigrationBuilder migration) => migration.Sql("""
        UPDATE wallet.top_ups SET payments = 1, paid_line = order_id WHERE stage = 'SETTLED';
        UPDATE wallet.top_ups SET stage_since = coalesce(
            (SELECT received_at FROM wallet.gateway_events e WHERE e.id = settled_by_event), last_checked_at, opened_at);
        INSERT INTO wallet.top_up_history (order_id, payment, stage, at, gateway_event)
        SELECT order_id, payments, stage, stage_since, settled_by_event FROM wallet.top_ups ORDER BY opened_at;
        """);

    public static void Create(MigrationBuilder migration) => migration.Sql("""
        CREATE FUNCTION wallet.top_up_rank(stage text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS $$
            SELECT CASE stage WHEN 'OPENING' THEN 0 WHEN 'UNKNOWN' THEN 1 WHEN 'OPEN' THEN 1 WHEN 'CLOSED' THEN 2 WHEN 'SETTLED' THEN 3
                WHEN 'REVERSED' THEN 4 END
        $$;

        CREATE FUNCTION wallet.top_up_only_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (NEW.order_id, NEW.user_id, NEW.amount, NEW.method, NEW.opened_at)
                IS DISTINCT FROM (OLD.order_id, OLD.user_id, OLD.amount, OLD.method, OLD.opened_at) THEN
                RAISE EXCEPTION 'the terms of top-up % do not change', OLD.order_id
                    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'top_ups_terms_stay';
            END IF;
            IF (NEW.payments, wallet.top_up_rank(NEW.stage)) < (OLD.payments, wallet.top_up_rank(OLD.stage))
                OR NEW.payments > OLD.payments + 1
                OR NEW.payments > OLD.payments AND OLD.stage = 'SETTLED'
                OR NEW.payments = OLD.payments AND (NEW.settled_by, NEW.settled_by_event, NEW.paid_line)
                    IS DISTINCT FROM (OLD.settled_by, OLD.settled_by_event, OLD.paid_line) THEN
                RAISE EXCEPTION 'top-up % does not go from % (payment %) to % (payment %)',
                    OLD.order_id, OLD.stage, OLD.payments, NEW.stage, NEW.payments
                    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'top_ups_rank_never_falls';
            END IF;
            RETURN NEW;
        END $$;

        CREATE FUNCTION wallet.top_up_step_is_remembered() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO wallet.top_up_history (order_id, payment, stage, at, gateway_event)
            VALUES (NEW.order_id, NEW.payments, NEW.stage, NEW.stage_since, NEW.settled_by_event);
            RETURN NULL;
        END $$;

        CREATE FUNCTION wallet.top_ups_stay() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% on % is refused: what happened to a top-up stays', TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'top_ups_stay';
        END $$;

        CREATE TRIGGER top_ups_only_go_on BEFORE UPDATE ON wallet.top_ups
            FOR EACH ROW EXECUTE FUNCTION wallet.top_up_only_goes_on();
        CREATE TRIGGER top_ups_first_step AFTER INSERT ON wallet.top_ups
            FOR EACH ROW EXECUTE FUNCTION wallet.top_up_step_is_remembered();
        CREATE TRIGGER top_ups_further_steps AFTER UPDATE ON wallet.top_ups
            FOR EACH ROW WHEN ((NEW.stage, NEW.payments) IS DISTINCT FROM (OLD.stage, OLD.payments))
            EXECUTE FUNCTION wallet.top_up_step_is_remembered();
        CREATE TRIGGER top_ups_stay BEFORE DELETE OR TRUNCATE ON wallet.top_ups
            FOR EACH STATEMENT EXECUTE FUNCTION wallet.top_ups_stay();
        CREATE TRIGGER top_up_history_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet.top_up_history
            FOR EACH STATEMENT EXECUTE FUNCTION wallet.top_ups_stay();
        CREATE TRIGGER top_up_reversals_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet.top_up_reversals
            FOR EACH STATEMENT EXECUTE FUNCTION wallet.top_ups_stay();

        REVOKE DELETE, TRUNCATE ON wallet.top_ups FROM CURRENT_USER;
        REVOKE UPDATE, DELETE, TRUNCATE ON wallet.top_up_history, wallet.top_up_reversals FROM CURRENT_USER;
        """);
}
