using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Hardening.Testing.Telemetry;

/// <summary>A collector on loopback, which keeps all that it is sent (OTLP over HTTP). What it cannot read is a problem, and refused.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private const int MostTries = 20; // for a port that somebody else takes in between
    private const int MostBytes = 16 << 20;

    private readonly Lock _gate = new();
    private readonly List<OtlpSpan> _spans = [];
    private readonly List<OtlpMetric> _metrics = [];
    private readonly List<string> _problems = [];
    private readonly HttpListener _listener;
    private readonly Task _serving;

    private OtlpCollector(HttpListener listener, int port)
    {
        _listener = listener;
        Endpoint = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        _serving = ServeAsync();
    }

    /// <summary>Where it listens: the base that <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names.</summary>
    public Uri Endpoint { get; }

    public IReadOnlyList<OtlpSpan> Spans
    {
        get
        {
            lock (_gate)
            {
                return [.. _spans];
            }
        }
    }

    /// <summary>Each time that one was sent.</summary>
    public IReadOnlyList<OtlpMetric> Metrics
    {
        get
        {
            lock (_gate)
            {
                return [.. _metrics];
            }
        }
    }

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_gate)
            {
                return [.. _problems];
            }
        }
    }

    public static OtlpCollector Start()
    {
        for (var tries = 1; ; tries++)
        {
            var port = FreePort();
            var listener = new HttpListener { Prefixes = { string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/") } };
            try
            {
                listener.Start();
                return new OtlpCollector(listener, port);
            }
            catch (HttpListenerException) when (tries < MostTries)
            {
                listener.Close();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return; // closed
            }

            await AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var body = await ReadAsync(context.Request);
            Take(context.Request.Url!.AbsolutePath, context.Request.ContentType ?? "", body);
            context.Response.ContentType = context.Request.ContentType; // an empty message is the answer that all is well
        }
        catch (Exception e) when (e is IOException or InvalidDataException or HttpListenerException or System.Text.Json.JsonException or KeyNotFoundException or ArgumentException)
        {
            lock (_gate)
            {
                _problems.Add($"{context.Request.HttpMethod} {context.Request.Url}: {e.Message}");
            }

            context.Response.StatusCode = (int)HttpStatusCode.BadRequest;
        }

        try
        {
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // Whoever has sent it is gone, or we are.
        }
    }

    private void Take(string path, string type, byte[] body)
    {
        switch (path, type)
        {
            case ("/v1/traces", "application/x-protobuf"):
                Keep(_spans, OtlpReader.ReadSpans(body));
                break;
            case ("/v1/traces", "application/json"):
                Keep(_spans, OtlpReader.ReadJsonSpans(body));
                break;
            case ("/v1/metrics", "application/x-protobuf"):
                Keep(_metrics, OtlpReader.ReadMetrics(body));
                break;
            default:
                throw new InvalidDataException($"Nothing is known of {type} for {path}.");
        }
    }

    private void Keep<T>(List<T> kept, List<T> more)
    {
        lock (_gate)
        {
            kept.AddRange(more);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpListenerRequest request)
    {
        using var body = new MemoryStream();
        var buffer = new byte[64 << 10];
        int count;
        while ((count = await request.InputStream.ReadAsync(buffer)) > 0)
        {
            body.Write(buffer, 0, count);
            if (body.Length > MostBytes)
            {
                throw new InvalidDataException($"A request has more than {MostBytes:N0} bytes.");
            }
        }

        return body.ToArray();
    }
}
