using System.Text.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>What a charge is for, as it was agreed: stored whole, because nothing of it is ever looked up in the catalog again.</summary>
internal sealed class ChargedItemColumn() : ValueConverter<ChargedItem, string>(item => Write(item), json => Read(json))
{
    private static string Write(ChargedItem item) => JsonSerializer.Serialize(item, JsonSerializerOptions.Web);

    private static ChargedItem Read(string json) => JsonSerializer.Deserialize<ChargedItem>(json, JsonSerializerOptions.Web)!;
}
