using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Hardening.Runtime.OpenCv.Tests;

/// <summary>What the server does with a connection once it has sent its frames.</summary>
internal enum Ending
{
    /// <summary>Sends nothing more, and keeps the connection.</summary>
    Stall,

    /// <summary>Closes it as one should.</summary>
    Close,

    /// <summary>Breaks it off (RST).</summary>
    Reset,
}

/// <summary>A network camera: HTTP, multipart MJPEG, one frame each 20 ms, numbered from 0 for each connection, 64 × 48.</summary>
internal sealed class MjpegServer : IAsyncDisposable
{
    private const int MostConnections = 4; // at a time

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private int _connections;

    public MjpegServer()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _work = Task.WhenAll(Enumerable.Range(0, MostConnections).Select(_ => Task.Run(AcceptAsync)));
    }

    public static MjpegServer Start() => new();

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}/stream.mjpg";

    /// <summary>Accepts, and never says a word.</summary>
    public bool IsSilent { get; set; }

    /// <summary>How many frames one connection gets.</summary>
    public int Frames { get; set; } = int.MaxValue;

    public Ending Ending { get; set; } = Ending.Close;

    public int Connections => Volatile.Read(ref _connections);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _work.WaitAsync(TimeSpan.FromSeconds(10));
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                await ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // asked to end
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                var stream = client.GetStream();
                if (IsSilent)
                {
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                }

                await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=frame\r\n\r\n"), _stop.Token);
                for (var number = 0; number < Frames; number++)
                {
                    var jpeg = Video.Jpeg(number, 64, 48);
                    var header = string.Create(CultureInfo.InvariantCulture, $"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {jpeg.Length}\r\n\r\n");
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(header), _stop.Token);
                    await stream.WriteAsync(jpeg, _stop.Token);
                    await stream.WriteAsync("\r\n"u8.ToArray(), _stop.Token);
                    await Task.Delay(TimeSpan.FromMilliseconds(20), _stop.Token);
                }

                if (Ending == Ending.Stall)
                {
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                }

                client.LingerState = new LingerOption(Ending == Ending.Reset, 0);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // the test is over, or the client has gone
            }
        }
    }
}
