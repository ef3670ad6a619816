using System.Threading.Channels;

namespace RuleTour.Threads;

/// <summary>Sends lines of measurements to a server. While the server is away, they pile up until the memory is used up.</summary>
internal sealed class MeasurementSender(HttpClient client, Uri server)
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>(); // HRD2004

    public void Add(string line) => _lines.Writer.TryWrite(line);

    public async Task RunAsync(CancellationToken stop)
    {
        await foreach (var line in _lines.Reader.ReadAllAsync(stop).ConfigureAwait(false))
        {
            using var content = new StringContent(line);
            using var answer = await client.PostAsync(server, content, stop).ConfigureAwait(false);
        }
    }
}
