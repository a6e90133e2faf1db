using Platform.Scenarios.Running;

namespace Platform.Scenarios.Customers;

/// <summary>Customers with money, and what each of them may still buy: one subscription of each service.</summary>
internal sealed class Shoppers(RunningPlatform platform)
{
    private const int AtOnce = 4;
    private const long Credit = 1_000_000;
    private static readonly string[] Wanted = ["postgresql/BASIC", "n8n-automation/BASIC", "ghost-blog/BASIC"];
    private readonly Queue<(Customer, Offer)> waiting = new();
    private Task<Purchase>? settled;

    /// <summary>A customer with a full wallet who has nothing else going on.</summary>
    public async Task<Customer> NewAsync(long credit)
    {
        var customer = await Customer.RegisterAsync(platform);
        await customer.TopUpAsync(credit);
        return customer;
    }

    /// <summary>A purchase that is paid and runs, and that nobody touches.</summary>
    public Task<Purchase> SettledAsync() => settled ??= SettleAsync();

    /// <summary>Somebody who can pay, and what they want.</summary>
    public async Task<(Customer Customer, Offer Offer)> NextAsync()
    {
        if (waiting.Count == 0)
        {
            var customers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => NewAsync(Credit)));
            foreach (var pair in Wanted.SelectMany(wanted => customers.Select(customer => (customer, platform.Offers[wanted]))))
            {
                waiting.Enqueue(pair);
            }
        }

        return waiting.Dequeue();
    }

    private async Task<Purchase> SettleAsync()
    {
        var customer = await NewAsync(Credit);
        var purchase = await customer.BuyAsync(platform.Offers["n8n-automation/PRO"]);
        await purchase.IsRunningAsync();
        return purchase;
    }
}
