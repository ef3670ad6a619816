using System.Text;

namespace Hardening.Dashboard.Serving;

/// <summary>The text of server-sent events (HTML Standard, 9.2).</summary>
internal static class ServerSentEvent
{
    /// <summary>Says that the server is there, and nothing else.</summary>
    public static readonly byte[] Comment = [.. ": still here\n\n"u8];

    /// <summary>How long a browser waits before it connects again by itself.</summary>
    public static readonly byte[] Retry = [.. "retry: 2000\n\n"u8];

    /// <summary>An event.</summary>
    /// <param name="name">What happened.</param>
    /// <param name="json">Its data, on one line.</param>
    public static byte[] Format(string name, ReadOnlySpan<byte> json) => [.. Encoding.ASCII.GetBytes($"event: {name}\ndata: "), .. json, (byte)'\n', (byte)'\n'];
}
