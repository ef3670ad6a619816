using System.Text;

namespace Hardening.Pool.Wire;

/// <summary>Reads headers that a peer has written: anything may be missing, or of another type.</summary>
internal static class WireHeaders
{
    public static long? Int64(IDictionary<string, object?>? headers, string name) => headers is not null && headers.TryGetValue(name, out var value)
        ? value switch
        {
            long number => number,
            int number => number,
            short number => number,
            sbyte number => number,
            byte number => number,
            ushort number => number,
            uint number => number,
            _ => null,
        }
        : null;

    /// <summary>A number in its range; null where it is missing; the least where it is below, the most where it is above.</summary>
    public static int? Count(IDictionary<string, object?>? headers, string name, int most) => Int64(headers, name) is { } value ? (int)Math.Clamp(value, 0, most) : null;

    public static string? Text(IDictionary<string, object?>? headers, string name) => headers is not null && headers.TryGetValue(name, out var value) ? Text(value) : null;

    /// <summary>The client gives texts as bytes.</summary>
    public static string? Text(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        string text => text,
        _ => null,
    };

    /// <summary>At most so many characters: a header has to fit into one frame with all others.</summary>
    public static string Shorten(string text, int most) => text.Length <= most ? text : string.Concat(text.AsSpan(0, most - 1), "…");
}
