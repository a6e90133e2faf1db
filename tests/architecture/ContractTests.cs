using System.Reflection;
using System.Text;
using Platform.Contracts;

namespace Platform.Architecture.Tests;

/// <summary>Messages may gain members and nothing else: old and new replicas talk to each other during every deployment.</summary>
public sealed class ContractTests
{
    private const string Snapshot = "tests/architecture/contracts.txt";

    [Fact]
    public void The_messages_are_those_of_the_snapshot()
    {
        var now = Describe();
        var path = Path.Combine(Repository.Root, Snapshot);
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            File.WriteAllText(path, now);

        now.ShouldBe(File.ReadAllText(path),
            $"the messages changed; if the change only adds, run this test once with UPDATE_SNAPSHOTS=1 and commit {Snapshot}");
    }

    private static string Describe()
    {
        var text = new StringBuilder();
        foreach (var type in typeof(Money).Assembly.GetExportedTypes().Where(IsRecord).OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            text.Append(type.Name).Append('\n');
            var members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
            foreach (var member in members.OrderBy(p => p.Name, StringComparer.Ordinal))
                text.Append("  ").Append(member.Name).Append(": ").Append(NameOf(member)).Append('\n');
        }

        return text.ToString();
    }

    private static bool IsRecord(Type type) => type.IsClass && type.GetMethod("<Clone>$") is not null;

    private static string NameOf(PropertyInfo member)
    {
        var type = member.PropertyType;
        var nullable = new NullabilityInfoContext().Create(member).WriteState is NullabilityState.Nullable
            || new NullabilityInfoContext().Create(member).ReadState is NullabilityState.Nullable;
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        var name = bare.IsGenericType
            ? $"{bare.Name[..bare.Name.IndexOf('`')]}<{string.Join(", ", bare.GetGenericArguments().Select(a => a.Name))}>"
            : bare.Name;
        return nullable ? name + "?" : name;
    }
}
