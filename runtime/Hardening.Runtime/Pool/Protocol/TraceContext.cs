using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Hardening.Pool.Protocol;

/// <summary>The payload of <see cref="MessageKind.Context"/>: traceparent and, if there is one, a newline and tracestate, in the ASCII of W3C Trace Context.</summary>
internal static class TraceContext
{
    /// <summary>No payload that is written is longer, and no tracestate that is longer is read.</summary>
    public const int MaxBytes = ParentLength + 1 + MaxStateLength;

    private const int ParentLength = 55;
    private const int MaxStateLength = 512;
    private const int MaxMembers = 32;
    private const int LongMember = 128; // these go first
    private const byte Separator = (byte)'\n';

    /// <param name="context">Of the W3C format.</param>
    /// <param name="into">At least <see cref="MaxBytes"/>.</param>
    /// <returns>How many bytes there are.</returns>
    public static int Write(in ActivityContext context, Span<byte> into)
    {
        var text = into;
        Append("00-", ref text);
        Append(context.TraceId.ToHexString(), ref text);
        Append("-", ref text);
        Append(context.SpanId.ToHexString(), ref text);
        Append(context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "-01" : "-00", ref text);
        if (context.TraceState is { Length: > 0 } state && Ascii.IsValid(state) && Cut(state) is { Length: > 0 } kept)
        {
            text[0] = Separator;
            text = text[1..];
            Append(kept, ref text);
        }

        return into.Length - text.Length;
    }

    /// <summary>Reads what a host sent. Believes nothing: a traceparent that is none is no context, and a tracestate that is none is left out.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out ActivityContext context)
    {
        context = default;
        if (!TrySplit(payload, out var parent, out var state))
        {
            return false;
        }

        context = new ActivityContext(
            ActivityTraceId.CreateFromUtf8String(parent[3..35]), ActivitySpanId.CreateFromUtf8String(parent[36..52]),
            (ActivityTraceFlags)byte.Parse(parent[53..55], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) & ActivityTraceFlags.Recorded,
            state.IsEmpty ? null : Encoding.ASCII.GetString(state), isRemote: true);
        return true;
    }

    /// <summary>Finds the two parts.</summary>
    /// <returns>False where there is no valid traceparent.</returns>
    public static bool TrySplit(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> parent, out ReadOnlySpan<byte> state)
    {
        var end = payload.IndexOf(Separator);
        parent = end < 0 ? payload : payload[..end];
        state = end < 0 ? default : payload[(end + 1)..];
        state = state.Length <= MaxStateLength && !state.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? state : default;
        return IsParent(parent);
    }

    // A later version may have more behind a further dash; what is known of it stands at the same places.
    private static bool IsParent(ReadOnlySpan<byte> text) =>
        text.Length >= ParentLength
        && IsHex(text[..2]) && !text.StartsWith("ff"u8)
        && (text.Length == ParentLength || (!text.StartsWith("00"u8) && text[ParentLength] == '-'))
        && text[2] == '-' && text[35] == '-' && text[52] == '-'
        && IsHex(text[3..35]) && text[3..35].ContainsAnyExcept((byte)'0')
        && IsHex(text[36..52]) && text[36..52].ContainsAnyExcept((byte)'0')
        && IsHex(text[53..55]);

    private static bool IsHex(ReadOnlySpan<byte> text)
    {
        foreach (var digit in text)
        {
            if (digit is not ((>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f')))
            {
                return false;
            }
        }

        return true;
    }

    // As W3C has it: whole members alone are left out, the long ones first, then from the end.
    private static string Cut(string state)
    {
        if (state.Length <= MaxStateLength && state.AsSpan().Count(',') < MaxMembers)
        {
            return state;
        }

        var members = state.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToList();
        while (members.Count > MaxMembers || members.Sum(member => member.Length + 1) - 1 > MaxStateLength)
        {
            var last = members.FindLastIndex(member => member.Length > LongMember);
            members.RemoveAt(last < 0 ? members.Count - 1 : last);
        }

        return string.Join(',', members);
    }

    private static void Append(string ascii, ref Span<byte> into) => into = into[Encoding.ASCII.GetBytes(ascii, into)..];
}
