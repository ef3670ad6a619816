using System.Net;
using System.Net.Sockets;

namespace Hardening.Interop;

/// <summary>
/// Asks one address whether a GigE Vision camera is there: a DISCOVERY_CMD to it alone, which every camera answers, whoever controls it. libaravis would
/// find out too, but takes 2.5 s for it during which no other camera can be opened, and cannot be interrupted.
/// </summary>
internal static class GvcpProbe
{
    private const int Attempts = 10;
    private const int AttemptMilliseconds = 250;

    /// <returns>Whether it answered within 2.5 s.</returns>
    public static bool Ask(IPEndPoint camera, IPAddress local, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = AttemptMilliseconds };
        socket.Bind(new IPEndPoint(local, 0));
        socket.Connect(camera);
        Span<byte> answer = stackalloc byte[1024];
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                socket.Send(Gvcp.Discovery);
                if (Gvcp.IsAnswer(answer[..socket.Receive(answer)]))
                {
                    return true;
                }
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                // no answer yet
            }
            catch (SocketException)
            {
                cancellationToken.WaitHandle.WaitOne(AttemptMilliseconds); // refused at once: something is there, and may be starting
            }
        }

        return false;
    }
}
