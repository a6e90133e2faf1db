using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Platform.Hosting;

/// <summary>The request under way that carries a key: its open transaction and its row.</summary>
internal sealed class IdempotentRequest(DbContext db, IDbContextTransaction transaction, IdempotencyKey row)
{
    private bool committed;

    public string? Effect => row.Effect;

    public async Task CommitEffectAsync(string effect)
    {
        row.Effect = effect;
        await Row().ExecuteUpdateAsync(set => set.SetProperty(k => k.Effect, effect));
        await transaction.CommitAsync();
        committed = true;
    }

    /// <summary>
    /// Remembers the answer together with the effect. Written past the change tracker: what a refusal left unsaved must stay so.
    /// </summary>
    public async Task RememberAsync(int status, string? contentType, byte[] body)
    {
        await Row().ExecuteUpdateAsync(set => set
            .SetProperty(k => k.Status, status).SetProperty(k => k.ContentType, contentType).SetProperty(k => k.Body, body));
        if (!committed)
            await transaction.CommitAsync();
    }

    private IQueryable<IdempotencyKey> Row() =>
        db.Set<IdempotencyKey>().Where(k => k.Owner == row.Owner && k.Operation == row.Operation && k.Key == row.Key);
}
