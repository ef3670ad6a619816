namespace Hardening.Benchmarks.Stalls;

/// <summary>Threads of an application: most of them wait, every tenth works for a moment twenty times a second. Few of those that a sampler meets have moved.</summary>
internal sealed class Crowd : IDisposable
{
    private const int WorkingOneIn = 10;
    private const int StackBytes = 256 * 1024;

    private static readonly TimeSpan WakeEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly ManualResetEventSlim _end = new();
    private readonly List<Thread> _threads;

    public Crowd(int count)
    {
        using var started = new CountdownEvent(count);
        _threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() => Live(i % WorkingOneIn == 0, started), StackBytes) { IsBackground = true, Name = $"crowd {i}" })];
        _threads.ForEach(static thread => thread.Start());
        started.Wait(Limit);
    }

    public void Dispose()
    {
        _end.Set();
        _threads.ForEach(static thread => thread.Join(Limit));
        _end.Dispose();
    }

    private void Live(bool works, CountdownEvent started)
    {
        started.Signal();
        while (!_end.Wait(works ? WakeEvery : Timeout.InfiniteTimeSpan))
        {
        }
    }
}
