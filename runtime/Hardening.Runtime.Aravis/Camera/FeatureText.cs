using System.Globalization;

namespace Hardening.Camera;

/// <summary>Values of features as configuration files write them.</summary>
internal static class FeatureText
{
    public static bool TryInteger(string text, out long value)
    {
        var trimmed = text.AsSpan().Trim();
        return trimmed.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? long.TryParse(trimmed[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : long.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    public static bool TryBoolean(string text, out bool value)
    {
        var trimmed = text.AsSpan().Trim();
        value = trimmed.SequenceEqual("1");
        return value || trimmed.SequenceEqual("0") || bool.TryParse(trimmed, out value);
    }

    /// <summary>Parts <c>Name=Value</c>; a command has no value.</summary>
    public static (string Name, string? Value) Part(string setting) =>
        setting.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at ? (setting[..at].Trim(), setting[(at + 1)..].Trim()) : (setting.Trim(), null);
}
