namespace Hardening.Benchmarks.Dashboard;

/// <summary>Browsers as far as the server can tell: each reads events, and asks for pictures as often as there are new ones.</summary>
internal sealed class Browsers : IAsyncDisposable
{
    private readonly HttpClient _client;
    private readonly CancellationTokenSource _over = new();
    private readonly List<Task> _tasks = [];
    private long _states;
    private long _pictures;
    private long _bytes;

    public Browsers(Uri address, int count)
    {
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };
        for (var i = 0; i < count; i++)
        {
            _tasks.Add(ReadEventsAsync());
            _tasks.Add(AskForPicturesAsync());
        }
    }

    /// <summary>What came so far: states, pictures, and bytes of both.</summary>
    public (long States, long Pictures, long Bytes) Seen => (Interlocked.Read(ref _states), Interlocked.Read(ref _pictures), Interlocked.Read(ref _bytes));

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_tasks);
        _client.Dispose();
        _over.Dispose();
    }

    private async Task ReadEventsAsync()
    {
        try
        {
            using var response = await _client.GetAsync(new Uri("hardening/api/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, _over.Token);
            response.EnsureSuccessStatusCode();
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_over.Token));
            while (await reader.ReadLineAsync(_over.Token) is { } line)
            {
                Interlocked.Add(ref _states, line == "event: state" ? 1 : 0);
                Interlocked.Add(ref _bytes, line.Length + 1);
            }
        }
        catch (OperationCanceledException)
        {
            // over
        }
    }

    private async Task AskForPicturesAsync()
    {
        try
        {
            while (true)
            {
                var answer = await _client.GetByteArrayAsync(new Uri("hardening/api/thumbnails", UriKind.Relative), _over.Token);
                Interlocked.Add(ref _pictures, BitConverter.ToInt32(answer, 4));
                Interlocked.Add(ref _bytes, answer.Length);
                await Task.Delay(TimeSpan.FromMilliseconds(BitConverter.ToInt32(answer, 8)), TimeProvider.System, _over.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // over
        }
    }
}
