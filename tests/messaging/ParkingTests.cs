using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Platform.Messaging.Victim;
using Platform.Testing;
using RabbitMQ.Client;

namespace Platform.Messaging.Tests;

public sealed class ParkingTests
{
    [Fact]
    public async Task A_poison_message_is_parked_with_its_exception_while_others_flow_and_is_done_once_when_replayed_after_a_repair()
    {
        await using var stage = await Stage.SetAsync();
        var (orders, ledger) = await stage.StartBothAsync();
        var mood = ledger.Services.GetRequiredService<Mood>();
        var parked = new ParkedMessages(stage.RabbitMq);
        mood.Broken = true;
        var fragile = Guid.CreateVersion7();

        var messageId = await Stage.PublishAsync<OrdersDb>(orders, new FragileOrder(fragile));
        var others = Enumerable.Range(0, 10).Select(_ => Guid.CreateVersion7()).ToList();
        foreach (var other in others)
            await stage.PlaceAsync(orders, other);
        var seen = (await Eventually.SeesAsync(() => parked.ListAsync("ledger", 10, default), list => list.Count == 1)).Single();

        mood.Tries.ShouldBe(4);
        seen.Place.ShouldBe("ledger_error");
        seen.MessageId.ShouldBe(messageId);
        seen.MessageType.ShouldNotBeNull().ShouldContain("FragileOrder");
        seen.Reason.ShouldBe("System.InvalidOperationException: The ledger is broken.");
        seen.At.ShouldNotBeNull();
        await stage.AllIsWellAsync(others);

        mood.Broken = false;
        (await parked.ReplayAsync("ledger", message => message.MessageId != messageId, default)).ShouldBe(0);
        (await parked.ReplayAsync("ledger", message => message.MessageId == messageId, default)).ShouldBe(1);
        await Eventually.IsTrueAsync(async () => await stage.CountAsync($"ledger.effects WHERE order_id = '{fragile}'") == 1);
        (await parked.ListAsync("ledger", 10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_that_was_done_before_it_was_parked_is_not_done_again_when_replayed()
    {
        await using var stage = await Stage.SetAsync();
        var (orders, _) = await stage.StartBothAsync();
        var fragile = Guid.CreateVersion7();
        var messageId = await Stage.PublishAsync<OrdersDb>(orders, new FragileOrder(fragile));
        await Eventually.IsTrueAsync(async () => await stage.CountAsync("ledger.effects") == 1);
        await Stage.PublishAsync<OrdersDb>(orders, new FragileOrder(fragile), messageId);
        await PutAsync(stage, "ledger_error", await CopyAsync(stage, orders, messageId, fragile));

        (await new ParkedMessages(stage.RabbitMq).ReplayAsync("ledger", _ => true, default)).ShouldBe(1);

        await stage.PlaceAsync(orders, fragile);
        await Eventually.IsTrueAsync(async () => await stage.CountAsync("ledger.effects WHERE kind = 'completion'") == 1);
        (await stage.CountAsync("ledger.effects WHERE kind = 'fragile'")).ShouldBe(1);
        (await stage.DepthAsync("ledger_error")).ShouldBe(0u);
    }

    [Fact]
    public async Task A_message_that_kills_its_consumer_again_and_again_ends_in_the_dead_letter_queue_and_can_be_replayed()
    {
        await using var stage = await Stage.SetAsync();
        var ledger = await stage.StartAsync("ledger");
        await stage.QueuesAsync("ledger");
        await ledger.StopAsync();
        var orders = await stage.StartAsync("orders");
        await stage.QueuesAsync("orders");
        var order = Guid.CreateVersion7();
        await stage.PlaceAsync(orders, order);
        await Eventually.SeesAsync(() => stage.DepthAsync("ledger"), depth => depth == 1);

        // What a consumer that dies does to its message, 21 times.
        await using (var connection = await stage.ConnectAsync())
        {
            for (var time = 0; time <= 20; time++)
            {
                await using var channel = await connection.CreateChannelAsync();
                var message = await Eventually.SeesAsync(() => channel.BasicGetAsync("ledger", autoAck: false), got => got is not null);
                await channel.BasicNackAsync(message!.DeliveryTag, multiple: false, requeue: true);
            }
        }

        await Eventually.SeesAsync(() => stage.DepthAsync("ledger_dead"), depth => depth == 1);
        var parked = new ParkedMessages(stage.RabbitMq);
        (await parked.ListAsync("ledger", 10, default)).ShouldHaveSingleItem().Reason.ShouldBe("delivery_limit");
        await stage.StartAsync("ledger");
        (await parked.ReplayAsync("ledger", _ => true, default)).ShouldBe(1);
        await stage.AllIsWellAsync([order]);
        (await stage.DepthAsync("ledger_dead")).ShouldBe(0u);
    }

    [Fact]
    public async Task A_message_that_is_not_even_readable_is_parked()
    {
        await using var stage = await Stage.SetAsync();
        await stage.StartAsync("ledger");
        await stage.QueuesAsync("ledger");

        var properties = new BasicProperties { ContentType = "application/vnd.masstransit+json" };
        await PutAsync(stage, "ledger", (properties, "{ not json"u8.ToArray()));

        var parked = new ParkedMessages(stage.RabbitMq);
        var seen = await Eventually.SeesAsync(() => parked.ListAsync("ledger", 10, default), list => list.Count == 1);
        seen.Single().Body.ShouldBe("{ not json");
    }

    [Fact]
    public async Task Looking_at_parked_messages_does_not_wear_them_out()
    {
        await using var stage = await Stage.SetAsync();
        var (orders, ledger) = await stage.StartBothAsync();
        ledger.Services.GetRequiredService<Mood>().Broken = true;
        var parked = new ParkedMessages(stage.RabbitMq);
        var ids = new List<Guid?>();
        for (var n = 0; n < 3; n++)
            ids.Add(await Stage.PublishAsync<OrdersDb>(orders, new FragileOrder(Guid.CreateVersion7())));
        await Eventually.SeesAsync(() => stage.DepthAsync("ledger_error"), depth => depth == 3);

        for (var look = 0; look < 25; look++)
        {
            var seen = await Eventually.SeesAsync(() => parked.ListAsync("ledger", 10, default), list => list.Count == 3);
            seen.Select(message => message.Place).ShouldBe(["ledger_error", "ledger_error", "ledger_error"]);
            seen.Select(message => message.MessageId).ShouldBe(ids, ignoreOrder: true);
        }
    }

    [Fact]
    public async Task A_failed_question_is_told_to_whoever_asked_and_parks_nothing()
    {
        await using var stage = await Stage.SetAsync();
        var ledger = await stage.StartAsync("ledger");
        await stage.QueuesAsync("ledger", "ledger-queries");
        ledger.Services.GetRequiredService<Mood>().Broken = true;

        await using var scope = ledger.Services.CreateAsyncScope();
        var client = scope.ServiceProvider.GetRequiredService<MassTransit.IRequestClient<GetCharges>>();
        var failure = await Should.ThrowAsync<MassTransit.RequestFaultException>(() =>
            client.GetResponse<Charges>(new GetCharges(Guid.CreateVersion7())));

        failure.Message.ShouldContain("The ledger is broken.");
        (await stage.DepthAsync("ledger-queries_error")).ShouldBe(0u);
    }

    [Fact]
    public async Task A_consumer_may_ask_a_question_in_the_middle_of_its_transaction()
    {
        await using var stage = await Stage.SetAsync();
        var ledger = await stage.StartAsync("ledger");
        await stage.QueuesAsync("ledger", "ledger-queries");

        await Stage.PublishAsync<LedgerDb>(ledger, new CountCharges(Guid.CreateVersion7()));

        await Eventually.IsTrueAsync(async () => await stage.CountAsync("ledger.effects WHERE kind = 'counted 0'") == 1);
    }

    private static async Task<(BasicProperties, byte[])> CopyAsync(Stage stage, WebApplication orders, Guid messageId, Guid order)
    {
        await using var connection = await stage.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("copy", durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync("copy", "Platform.Messaging.Victim:FragileOrder", "");
        await Stage.PublishAsync<OrdersDb>(orders, new FragileOrder(order), messageId);
        var got = await Eventually.SeesAsync(() => channel.BasicGetAsync("copy", autoAck: true), message => message is not null);
        return (new BasicProperties(got!.BasicProperties), got.Body.ToArray());
    }

    private static async Task PutAsync(Stage stage, string queue, (BasicProperties Properties, byte[] Body) message)
    {
        await using var connection = await stage.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(new(true, true));
        if (queue.EndsWith("_error", StringComparison.Ordinal))
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await channel.BasicPublishAsync("", queue, mandatory: true, message.Properties, message.Body);
    }
}
