using System.Net.Sockets;

namespace Hardening.Camera;

/// <summary>Asks whether anybody listens where a stream is said to be: in milliseconds, and before OpenCV's lock is taken, behind which every other camera would wait for one that is switched off.</summary>
internal static class HostProbe
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    /// <param name="address">The stream's.</param>
    /// <param name="isOver">Whether to give up, given what was last waited for; asked every 50 ms.</param>
    /// <returns>Why there is nobody; null when there is somebody, or it cannot be asked.</returns>
    public static string? Ask(Uri address, Func<bool> isOver)
    {
        if (Port(address) is not (> 0 and var port) || IsProxied(address))
        {
            return null;
        }

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            socket.Connect(address.DnsSafeHost, port);
            return null;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress or SocketError.AlreadyInProgress)
        {
            return WaitForAnswer(socket, address.DnsSafeHost, port, isOver);
        }
        catch (SocketException e)
        {
            return $"{address.DnsSafeHost}:{port} cannot be reached ({e.Message})";
        }
    }

    private static string? WaitForAnswer(Socket socket, string host, int port, Func<bool> isOver)
    {
        while (!isOver())
        {
            if (socket.Poll(Slice, SelectMode.SelectWrite))
            {
                var error = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
                return error == SocketError.Success ? null : $"{host}:{port} cannot be reached ({error})";
            }
        }

        return $"nobody answers at {host}:{port}";
    }

    private static int? Port(Uri address) => address.Scheme switch
    {
        "rtsp" => address.Port > 0 ? address.Port : 554,
        "rtsps" => address.Port > 0 ? address.Port : 322,
        "rtmp" => address.Port > 0 ? address.Port : 1935,
        "http" or "https" => address.Port,
        "tcp" when !address.Query.Contains("listen", StringComparison.Ordinal) => address.Port,
        _ => null,
    };

    // FFmpeg then goes another way than straight.
    private static bool IsProxied(Uri address) =>
        address.Scheme is "http" or "https" && Environment.GetEnvironmentVariable("http_proxy") is { Length: > 0 };
}
