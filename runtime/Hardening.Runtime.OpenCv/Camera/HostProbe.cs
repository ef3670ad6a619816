using System.Net;
using System.Net.Sockets;

namespace Hardening.Camera;

/// <summary>Asks whether anybody listens where a stream is said to be: in milliseconds, and before OpenCV's lock is taken, behind which every other camera would wait for one that is switched off.</summary>
internal static class HostProbe
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(20);

    /// <param name="address">The stream's.</param>
    /// <param name="isOver">Whether to give up; asked again and again.</param>
    /// <returns>Why there is nobody; null when there is somebody, or it cannot be asked.</returns>
    public static string? Ask(Uri address, Func<bool> isOver)
    {
        if (Port(address) is not (> 0 and var port) || IsProxied(address))
        {
            return null;
        }

        var asked = new List<Socket>();
        try
        {
            var problem = $"{address.DnsSafeHost}:{port} cannot be reached (the name has no address)";
            foreach (var host in Dns.GetHostAddresses(address.DnsSafeHost))
            {
                if (Begin(new IPEndPoint(host, port), out var socket) is var begun && socket is not null)
                {
                    asked.Add(socket);
                }
                else
                {
                    problem = $"{address.DnsSafeHost}:{port} cannot be reached ({begun})";
                }
            }

            while (asked.Count > 0 && !isOver())
            {
                foreach (var socket in asked.Where(static socket => socket.Poll(Slice, SelectMode.SelectWrite)).ToArray())
                {
                    var error = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
                    if (error == SocketError.Success)
                    {
                        return null;
                    }

                    problem = $"{address.DnsSafeHost}:{port} cannot be reached ({error})";
                    asked.Remove(socket);
                    socket.Dispose();
                }
            }

            return asked.Count > 0 ? $"nobody answers at {address.DnsSafeHost}:{port}" : problem;
        }
        catch (SocketException e)
        {
            return $"{address.DnsSafeHost}:{port} cannot be reached ({e.Message})";
        }
        finally
        {
            asked.ForEach(static socket => socket.Dispose());
        }
    }

    // One address of several may be of a kind that this machine does not have.
    private static SocketError Begin(IPEndPoint endpoint, out Socket? socket)
    {
        socket = null;
        try
        {
            socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            socket.Connect(endpoint);
            return SocketError.Success;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress or SocketError.AlreadyInProgress)
        {
            return SocketError.Success; // it goes on
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            socket = null;
            return e.SocketErrorCode;
        }
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
