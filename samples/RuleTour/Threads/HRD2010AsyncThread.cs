namespace RuleTour.Threads;

/// <summary>Tells a server once a second that this machine is alive. The thread ends at the first await, and the rest runs on the pool.</summary>
internal sealed class LifeSign(HttpClient client, Uri server)
{
    private Thread? _thread;

    public void Start(CancellationToken stop)
    {
        _thread = new Thread(async () => await RunAsync(stop).ConfigureAwait(false)) { IsBackground = true, Name = "life sign" }; // HRD2010
        _thread.Start();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            using var answer = await client.PostAsync(server, content: null, stop).ConfigureAwait(false);
        }
    }
}
