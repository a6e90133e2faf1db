using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Platform.Messaging;

public static class MessagingModel
{
    /// <summary>Adds the tables <c>inbox</c> and <c>outbox</c> to a service's own schema.</summary>
    public static void AddMessaging(this ModelBuilder model)
    {
        model.Entity<InboxEntry>(inbox =>
        {
            inbox.ToTable("inbox").HasKey(x => new { x.MessageId, x.ConsumerId });
            inbox.Property(x => x.MessageId).HasColumnName("message_id");
            inbox.Property(x => x.ConsumerId).HasColumnName("consumer_id");
            inbox.Property(x => x.ReceivedAt).HasColumnName("received_at").HasDefaultValueSql("now()");
            inbox.HasIndex(x => x.ReceivedAt).HasDatabaseName("ix_inbox_received_at");
        });
        model.Entity<OutboxEntry>(outbox =>
        {
            outbox.ToTable("outbox").HasKey(x => x.Id);
            outbox.Property(x => x.Id).HasColumnName("id").UseIdentityAlwaysColumn();
            outbox.Property(x => x.MessageId).HasColumnName("message_id");
            outbox.Property(x => x.OrderKey).HasColumnName("order_key");
            outbox.Property(x => x.Destination).HasColumnName("destination");
            outbox.Property(x => x.ContentType).HasColumnName("content_type");
            outbox.Property(x => x.Body).HasColumnName("body");
            outbox.Property(x => x.DueAt).HasColumnName("due_at");
            outbox.Property(x => x.Token).HasColumnName("token");
            outbox.Property(x => x.RetryAt).HasColumnName("retry_at");
            outbox.Property(x => x.Attempts).HasColumnName("attempts");
            outbox.Property(x => x.Error).HasColumnName("error");
            outbox.Property(x => x.Mandatory).HasColumnName("mandatory");
            outbox.HasIndex(x => x.Id).HasFilter("due_at IS NULL").HasDatabaseName("ix_outbox_ready");
            outbox.HasIndex(x => x.DueAt).HasFilter("due_at IS NOT NULL").HasDatabaseName("ix_outbox_due");
            outbox.HasIndex(x => x.Token).HasFilter("token IS NOT NULL").HasDatabaseName("ix_outbox_token");
            outbox.HasIndex(x => x.OrderKey).HasFilter("retry_at IS NOT NULL").HasDatabaseName("ix_outbox_waiting");
        });
    }

    /// <summary>The quoted, schema-qualified name of an entity's table, for the few statements that LINQ cannot say.</summary>
    internal static string TableOf<T>(this DbContext db)
    {
        var type = db.Model.FindEntityType(typeof(T))
            ?? throw new InvalidOperationException($"{db.GetType().Name} does not map {typeof(T).Name}.");
        return db.GetService<ISqlGenerationHelper>().DelimitIdentifier(type.GetTableName()!, type.GetSchema());
    }

    internal static string ColumnOf<T>(this DbContext db, string property) =>
        db.GetService<ISqlGenerationHelper>()
            .DelimitIdentifier(db.Model.FindEntityType(typeof(T))!.FindProperty(property)!.GetColumnName());

    internal static bool Maps<T>(this DbContext db, string column) =>
        db.Model.FindEntityType(typeof(T))!.GetProperties().Any(property => property.GetColumnName() == column);
}
