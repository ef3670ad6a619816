using System.Net.Sockets;

namespace RuleTour.Threads;

/// <summary>Answers scanners of bar codes. A scanner that connects again and again gets a thread each time.</summary>
internal sealed class LabelServer(TcpListener listener)
{
    private const byte Acknowledge = 6;

    public void Serve(CancellationToken stop)
    {
        using var closing = stop.Register(listener.Stop);
        while (!stop.IsCancellationRequested)
        {
            var client = listener.AcceptTcpClient();
            new Thread(() => Answer(client)) { IsBackground = true }.Start(); // HRD2001
        }
    }

    private static void Answer(TcpClient client)
    {
        using (client)
        {
            client.GetStream().WriteByte(Acknowledge);
        }
    }
}
