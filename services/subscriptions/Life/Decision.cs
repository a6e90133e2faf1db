using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Subscriptions.Life;

/// <summary>Whether a purchase or an upgrade was taken on: what the waiting request answers, also when it is repeated.</summary>
internal sealed class Decision
{
    public const string Accepted = "ACCEPTED";

    /// <summary>The subscription (purchase) or the upgrade.</summary>
    public Guid Id { get; init; }

    /// <summary><see cref="Accepted"/> or the code of the refusal.</summary>
    public required string Outcome { get; init; }
    public Money? Available { get; init; }
    public Money? Required { get; init; }
    public DateTimeOffset At { get; init; }
}

internal sealed class DecisionConfiguration : IEntityTypeConfiguration<Decision>
{
    public void Configure(EntityTypeBuilder<Decision> decision)
    {
        decision.ToTable("decisions").HasKey(d => d.Id);
        decision.Property(d => d.Id).HasColumnName("id").ValueGeneratedNever();
        decision.Property(d => d.Outcome).HasColumnName("outcome");
        decision.Property(d => d.Available).HasColumnName("available");
        decision.Property(d => d.Required).HasColumnName("required");
        decision.Property(d => d.At).HasColumnName("at");
    }
}
