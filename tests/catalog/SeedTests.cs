using Microsoft.Extensions.DependencyInjection;
using Platform.Catalog.Seed;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Catalog.Tests;

public sealed class SeedTests : IAsyncLifetime
{
    private readonly CatalogHost catalog = new();

    public ValueTask InitializeAsync() => catalog.InitializeAsync();

    public ValueTask DisposeAsync() => catalog.DisposeAsync();

    [Fact]
    public async Task Every_service_of_the_assortment_is_told_once_with_its_plans_and_how_to_run_it()
    {
        await catalog.AllSaidAsync();
        var told = await Eventually.SeesAsync(() => Task.FromResult(catalog.Bus.All<ServiceRevised>()), seen => seen.Count >= 3);

        told.Count.ShouldBe(3);
        told.ShouldAllBe(service => service.Version == 1 && service.IsActive && service.IsPublic);
        told.Select(service => service.Slug).Order().ShouldBe(["ghost-blog", "n8n-automation", "postgresql"]);

        var n8n = told.Single(service => service.CorrelationId == SeedServices.N8n);
        n8n.Plans.Select(plan => (plan.Name, plan.PlanType, plan.MonthlyPrice.Rupiah)).ShouldBe(
            [("Free", "FREE", 0L), ("Basic", "BASIC", 50_000L), ("Pro", "PRO", 150_000L)]);
        n8n.Plans[2].Resources.ShouldBe(new InstanceResources(2000, 2048, 1));
        n8n.Workload.ShouldSatisfyAllConditions(
            w => w.Image.ShouldBe("n8nio/n8n:1.110.1"), w => w.Port.ShouldBe(5678), w => w.DataPath.ShouldBe("/home/node/.n8n"),
            w => w.RunAsUser.ShouldBe(1000), w => w.Probe.Kind.ShouldBe("HTTP"), w => w.Probe.Path.ShouldBe("/healthz"),
            w => w.Environment.ShouldContain(new WorkloadVariable("WEBHOOK_URL", "{{url}}")));

        var ghost = told.Single(service => service.CorrelationId == SeedServices.Ghost).Workload;
        ghost.ShouldSatisfyAllConditions(w => w.Image.ShouldBe("ghost:5.130.3-alpine"), w => w.Port.ShouldBe(2368),
            w => w.DataPath.ShouldBe("/var/lib/ghost/content"), w => w.Environment.ShouldContain(new WorkloadVariable("url", "{{url}}")));

        var postgres = told.Single(service => service.CorrelationId == SeedServices.PostgreSql).Workload;
        postgres.ShouldSatisfyAllConditions(
            w => w.Image.ShouldBe("postgres:15.14-alpine"), w => w.Port.ShouldBe(5432),
            w => w.DataPath.ShouldBe("/var/lib/postgresql/data"),
            w => w.RunAsUser.ShouldBe(70), w => w.Probe.Kind.ShouldBe("EXEC"), w => w.Probe.Command![0].ShouldBe("pg_isready"),
            w => w.Environment.ShouldContain(new WorkloadVariable("POSTGRES_PASSWORD", "{{secret:password}}")));
    }

    [Fact]
    public async Task A_second_start_seeds_nothing_twice_and_tells_nothing_again()
    {
        await catalog.Database.ExecuteAsync($"UPDATE plans SET monthly_price = 60000 WHERE id = '{SeedPlans.N8nBasic}'");
        await catalog.AllSaidAsync();

        await catalog.RestartAsync();
        await catalog.ReadyAsync();
        await catalog.AllSaidAsync();

        (await RowsAsync()).ShouldBe("3 categories, 3 services, 7 plans, revisions 3");
        catalog.Bus.All<ServiceRevised>().Count.ShouldBe(3);
        (await catalog.Database.QueryAsync<long>($"SELECT monthly_price FROM plans WHERE id = '{SeedPlans.N8nBasic}'")).ShouldBe(60_000);
    }

    [Fact]
    public async Task A_plan_that_is_missing_comes_back_with_the_next_revision_of_its_service_only()
    {
        await catalog.AllSaidAsync();
        await catalog.Database.ExecuteAsync($"DELETE FROM plans WHERE id = '{SeedPlans.GhostCreator}'");

        await catalog.RestartAsync();
        await catalog.ReadyAsync();
        await catalog.AllSaidAsync();

        (await RowsAsync()).ShouldBe("3 categories, 3 services, 7 plans, revisions 4");
        var second = await catalog.Bus.HearsAsync<ServiceRevised>(service => service.Version == 2);
        second.CorrelationId.ShouldBe(SeedServices.Ghost);
        second.Plans.Select(plan => plan.PlanId).ShouldBe([SeedPlans.GhostStarter, SeedPlans.GhostCreator]);
        catalog.Bus.All<ServiceRevised>().Count.ShouldBe(4);
    }

    [Fact]
    public async Task Instances_that_start_at_once_on_an_empty_store_seed_it_once()
    {
        await catalog.AllSaidAsync();
        await catalog.Database.ExecuteAsync("DELETE FROM plans; DELETE FROM services; DELETE FROM categories");

        await using var replicas = new Together(
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(catalog.StartReplicaAsync))));
        await catalog.AllSaidAsync();
        await Eventually.SeesAsync(() => Task.FromResult(catalog.Bus.All<ServiceRevised>()), seen => seen.Count >= 6);

        (await RowsAsync()).ShouldBe("3 categories, 3 services, 7 plans, revisions 3");
        catalog.Bus.All<ServiceRevised>().Count.ShouldBe(6);
    }

    [Fact]
    public async Task Seeds_that_run_at_once_wait_for_each_other_instead_of_failing()
    {
        await catalog.Database.ExecuteAsync("DELETE FROM plans; DELETE FROM services; DELETE FROM categories");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await using var scope = catalog.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<AssortmentSeed>().RunAsync(CancellationToken.None);
        })));

        (await RowsAsync()).ShouldBe("3 categories, 3 services, 7 plans, revisions 3");
    }

    private Task<string> RowsAsync() => catalog.Database.QueryAsync<string>("""
        SELECT (SELECT count(*) FROM categories) || ' categories, ' || (SELECT count(*) FROM services) || ' services, '
            || (SELECT count(*) FROM plans) || ' plans, revisions ' || (SELECT sum(version) FROM services)
        """);

    private sealed class Together(IEnumerable<IAsyncDisposable> parts) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var part in parts)
                await part.DisposeAsync();
        }
    }
}
