using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hardening.Stalls.Reports;

/// <summary>Addresses are hexadecimal text, <c>0x7f00dead0000</c>: JSON's numbers are not exact for them.</summary>
internal sealed class AddressConverter : JsonConverter<ulong>
{
    private const int MostDigits = 16;

    public override ulong Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? Parse(reader.GetString()!) : throw new JsonException("an address that is not text");

    public override ulong ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options)
    {
        Span<char> text = stackalloc char[MostDigits + 2];
        writer.WriteStringValue(Format(text, value));
    }

    public override void WriteAsPropertyName(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options)
    {
        Span<char> text = stackalloc char[MostDigits + 2];
        writer.WritePropertyName(Format(text, value));
    }

    private static ReadOnlySpan<char> Format(Span<char> text, ulong value) =>
        text.TryWrite(CultureInfo.InvariantCulture, $"0x{value:x}", out var length) ? text[..length] : throw new InvalidOperationException("An address has 16 digits at most.");

    private static ulong Parse(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new JsonException($"an address such as 0x7f00dead0000 is wanted, but '{text}' is there");
}
