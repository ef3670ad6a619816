using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Hardening.Testing.Broker;

/// <summary>Looks from outside whether a broker is there.</summary>
internal static class BrokerProbe
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    /// <summary>A port that nobody has now. Below those that the system gives to whoever connects: one of these could be gone while the broker is down.</summary>
    public static int FindFreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // taken
            }
        }
    }

    /// <summary>Whether the broker of this name greets on this port, as AMQP 0-9-1 has it: its first frame has the name among the server's properties.</summary>
    public static async Task<bool> AnswersAsync(int port, string node, CancellationToken timeout)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        limit.CancelAfter(AnswerLimit);
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port, limit.Token);
            await socket.SendAsync("AMQP\0\0\u0009\u0001"u8.ToArray(), limit.Token);
            var greeting = new byte[4096];
            var length = 0;
            while (length < greeting.Length && await socket.ReceiveAsync(greeting.AsMemory(length), limit.Token) is > 0 and var received)
            {
                length += received;
                if (Encoding.ASCII.GetString(greeting, 0, length).Contains(node + "@", StringComparison.Ordinal))
                {
                    return true;
                }
            }

            return false;
        }
        catch (SocketException)
        {
            return false; // not there yet
        }
        catch (OperationCanceledException) when (!timeout.IsCancellationRequested)
        {
            return false;
        }
    }
}
