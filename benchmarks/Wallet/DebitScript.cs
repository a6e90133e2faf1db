using System.Globalization;
using System.Text.RegularExpressions;
using Platform.Wallets;

namespace Platform.Benchmarks.Wallet;

/// <summary>
/// One debit for pgbench: the wallet service's own statements, taken from its code, with pgbench's variables for its parameters.
/// </summary>
internal static partial class DebitScript
{
    /// <summary>
    /// Wallet n of this run; computed, because looking it up would cost pgbench a statement that the service does not need.
    /// </summary>
    public static Guid Owner(string run, int n) =>
        Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"{run}-0000-7000-8000-{n:D12}"));

    public static string For(string run, int wallets)
    {
        var owner = $"('{run}-0000-7000-8000-' || lpad(:n::text, 12, '0'))";
        var id = "md5(:k::text || '-' || :client_id)::uuid";
        var values = new Dictionary<string, string>
        {
            ["owners"] = $"ARRAY[{owner}::uuid]",
            ["keys"] = $"ARRAY['adjust:' || {id}]",
            ["count"] = "1",
            ["ids"] = $"ARRAY[{id}]",
            ["kinds"] = "ARRAY['ADJUSTMENT']",
            ["causes"] = $"ARRAY[{id}]",
            ["now"] = "now()",
            ["transactions"] = $"ARRAY[{id}, {id}]",
            ["accounts"] = $"ARRAY['user:' || {owner}, 'adjustment']",
            ["amounts"] = "ARRAY[-1000, 1000]::bigint[]",
            ["touched"] = $"ARRAY['user:' || {owner}]",
            ["changes"] = "ARRAY[-1000]::bigint[]",
            ["lines"] = $$"""
                ('[{"id":"' || {{id}} || '","number":' || :k || ',"user_id":"' || {{owner}} || '","type":"ADMIN_ADJUSTMENT",
                "status":"COMPLETED","amount":1000,"refunded":0,"balance_before":900000000000,
                "balance_after":899999999000,"payment_method":"ADMIN_MANUAL",
                "description":"Credit deducted by an administrator","processed_by":"' || {{id}} || '","admin_notes":"benchmark",
                "created_at":"' || now() || '","updated_at":"' || now() || '","completed_at":"' || now() || '"}]')::jsonb
                """,
            ["audit"] = $$"""
                ('[{"id":"' || {{id}} || '","at":"' || now() || '","actor":"' || {{id}} || '","action":"WALLET_CREDIT_DEDUCTED",
                "target":"' || {{owner}} || '","reason":"benchmark","before":{"available":900000000000,"held":0,"debt":0},
                "after":{"available":899999999000,"held":0,"debt":0},"trace_id":"0123456789abcdef0123456789abcdef"}]')::jsonb
                """,
        };
        return $"""
            \set n random(1, {wallets})
            \set k random(1000000000000, 4000000000000000000)
            \startpipeline
            BEGIN;
            {Statements(DebitStatements.Look, values)}
            \endpipeline
            \startpipeline
            {Statements(DebitStatements.Write, values)}
            COMMIT;
            \endpipeline
            """;
    }

    private static string Statements(IEnumerable<string> statements, Dictionary<string, string> values) => string.Join('\n',
        statements.Select(statement => Space().Replace(Parameter().Replace(statement, match => values[match.Groups[1].Value]), " ") + ";"));

    [GeneratedRegex("@([a-z_]+)")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
