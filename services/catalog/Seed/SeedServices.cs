using Platform.Catalog.Assortment;

namespace Platform.Catalog.Seed;

/// <summary>
/// The services of api.md §11, each with its own port, probe, data path and user id. Passwords and keys are {{secret:…}}:
/// the provisioner makes them per instance, there is no default login anywhere.
/// </summary>
internal static class SeedServices
{
    public static readonly Guid N8n = new("01980000-0000-7000-8000-0000000000a1");
    public static readonly Guid Ghost = new("01980000-0000-7000-8000-0000000000a2");
    public static readonly Guid PostgreSql = new("01980000-0000-7000-8000-0000000000a3");

    public static IReadOnlyList<Service> All(DateTimeOffset now) => [N8nService(now), GhostService(now), PostgreSqlService(now)];

    private static Service N8nService(DateTimeOffset now) => new()
    {
        Id = N8n,
        CategoryId = SeedCategories.DevelopmentTools,
        Name = "N8N Automation",
        Slug = "n8n-automation",
        Description = "Workflow automation: connect applications and let them work for you.",
        LongDescription = "n8n connects applications, databases and interfaces through workflows that are drawn, not programmed. "
            + "Workflows run on a schedule, on a web hook or on an event.",
        Documentation = "https://docs.n8n.io/",
        VersionLabel = "1.110.1",
        Image = "n8nio/n8n:1.110.1",
        Port = 5678,
        DataPath = "/home/node/.n8n",
        RunAsUser = 1000,
        ProbeKind = ProbeKind.Http,
        ProbePath = "/healthz",
        Environment =
        [
            new("N8N_HOST", "{{host}}"),
            new("N8N_PORT", "{{port}}"),
            new("N8N_PROTOCOL", "https"),
            new("N8N_PROXY_HOPS", "1"),
            new("WEBHOOK_URL", "{{url}}"),
            new("GENERIC_TIMEZONE", "Asia/Jakarta"),
            new("DB_SQLITE_POOL_SIZE", "10"),
            new("N8N_RUNNERS_ENABLED", "true"),
            // The key of the credentials that the owner stores in n8n. The first visitor sets the owner's own password.
            new("N8N_ENCRYPTION_KEY", "{{secret:encryption-key}}"),
        ],
        Tags = ["automation", "workflow", "integration"],
        IsActive = true,
        IsPublic = true,
        IsFeatured = true,
        SortOrder = 1,
        CreatedAt = now,
        Plans = SeedPlans.OfN8n(now),
    };

    private static Service GhostService(DateTimeOffset now) => new()
    {
        Id = Ghost,
        CategoryId = SeedCategories.ContentManagement,
        Name = "Ghost Blog",
        Slug = "ghost-blog",
        Description = "A publishing platform for blogs and newsletters.",
        LongDescription = "Ghost is a publishing platform for professional blogs: an editor that stays out of the way, "
            + "themes, members and newsletters.",
        Documentation = "https://ghost.org/docs/",
        VersionLabel = "5.130.3",
        Image = "ghost:5.130.3-alpine",
        Port = 2368,
        DataPath = "/var/lib/ghost/content",
        RunAsUser = 1000,
        ProbeKind = ProbeKind.Http,
        // Answers 503 until Ghost has booted, then sends plain HTTP to its https address, which a probe takes for success.
        ProbePath = "/",
        Environment =
        [
            new("url", "{{url}}"),
            new("NODE_ENV", "production"),
            new("database__client", "sqlite3"),
            new("database__connection__filename", "/var/lib/ghost/content/data/ghost.db"),
            new("database__useNullAsDefault", "true"),
        ],
        Tags = ["blog", "cms", "publishing"],
        IsActive = true,
        IsPublic = true,
        IsFeatured = true,
        SortOrder = 2,
        CreatedAt = now,
        Plans = SeedPlans.OfGhost(now),
    };

    private static Service PostgreSqlService(DateTimeOffset now) => new()
    {
        Id = PostgreSql,
        CategoryId = SeedCategories.Databases,
        Name = "PostgreSQL Database",
        Slug = "postgresql",
        Description = "A relational database of your own.",
        LongDescription = "PostgreSQL is a relational database with transactions, extensions and decades of use behind it.",
        Documentation = "https://www.postgresql.org/docs/15/",
        VersionLabel = "15.14",
        Image = "postgres:15.14-alpine",
        Port = 5432,
        DataPath = "/var/lib/postgresql/data",
        // The user postgres of the Alpine image.
        RunAsUser = 70,
        ProbeKind = ProbeKind.Exec,
        // Over TCP, because the server that only runs the first set-up listens on its socket and must not pass for the real one.
        ProbeCommand = ["pg_isready", "-h", "127.0.0.1", "-p", "5432", "-U", "postgres"],
        Environment =
        [
            new("POSTGRES_DB", "{{instance}}"),
            new("POSTGRES_USER", "postgres"),
            new("POSTGRES_PASSWORD", "{{secret:password}}"),
            new("PGDATA", "/var/lib/postgresql/data/pgdata"),
        ],
        Tags = ["database", "postgresql", "sql"],
        IsActive = true,
        IsPublic = true,
        IsFeatured = false,
        SortOrder = 3,
        CreatedAt = now,
        Plans = SeedPlans.OfPostgreSql(now),
    };
}
