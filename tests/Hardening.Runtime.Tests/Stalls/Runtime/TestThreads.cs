using Hardening.Interop;

namespace Hardening.Runtime.Tests.Stalls.Runtime;

/// <summary>A lock of .NET of either kind, taken and left in different places: the tests are about locks that are held for long.</summary>
internal abstract class TestLock
{
    public static TestLock Of(Type type) => type == typeof(Lock) ? new NewLock() : new MonitorLock();

    public abstract void Enter();

    public abstract void Exit();

    private sealed class MonitorLock : TestLock
    {
        private readonly object _it = new();

        public override void Enter() => Monitor.Enter(_it);

        public override void Exit() => Monitor.Exit(_it);
    }

    private sealed class NewLock : TestLock
    {
        private readonly Lock _it = new();

        public override void Enter() => _it.Enter();

        public override void Exit() => _it.Exit();
    }
}

/// <summary>Threads of a test; they end when it does.</summary>
internal sealed class TestThreads : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly List<Thread> _threads = [];
    private readonly ManualResetEventSlim _released = new();

    /// <summary>Starts a thread, and waits until it runs.</summary>
    /// <returns>The system's number of it.</returns>
    public int Start(Action body)
    {
        var id = 0;
        using var running = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            id = CurrentThread.Id;
            running.Set();
            try
            {
                body();
            }
            catch (ThreadInterruptedException)
            {
                // the test is over
            }
        })
        { IsBackground = true };
        _threads.Add(thread);
        thread.Start();
        Assert.That(running.Wait(Limit));
        return id;
    }

    /// <summary>A thread that has the lock, until <see cref="Release"/>.</summary>
    public int StartOwner(TestLock it)
    {
        using var owned = new ManualResetEventSlim();
        var id = Start(() =>
        {
            it.Enter();
            owned.Set();
            _released.Wait(Limit);
            it.Exit();
        });
        Assert.That(owned.Wait(Limit));
        return id;
    }

    /// <summary>Threads that want the lock, take it in turn and leave it.</summary>
    public async Task<int[]> StartWaitersAsync(TestLock it, int count, CancellationToken timeout)
    {
        var first = _threads.Count;
        int[] ids = [.. Enumerable.Range(0, count).Select(_ => Start(() =>
        {
            it.Enter();
            it.Exit();
        }))];
        await SleepAsync(_threads.Skip(first), timeout);
        return ids;
    }

    /// <summary>Threads each of which has a lock and wants the next one's, the last the first one's: for ever.</summary>
    /// <returns>The threads, each before the one that it waits for.</returns>
    public async Task<int[]> StartRingAsync(Type type, int count, CancellationToken timeout)
    {
        var first = _threads.Count;
        var locks = Enumerable.Range(0, count).Select(_ => TestLock.Of(type)).ToList();
        using var all = new Barrier(count);
        int[] ids = [.. Enumerable.Range(0, count).Select(i => Start(() =>
        {
            locks[i].Enter();
            all.SignalAndWait(Limit);
            locks[(i + 1) % count].Enter();
        }))];
        await SleepAsync(_threads.Skip(first), timeout);
        return ids;
    }

    public void Release() => _released.Set();

    /// <summary>Waits until all threads have ended.</summary>
    public void Join() => Assert.That(_threads.TrueForAll(static thread => thread.Join(Limit)), "a thread of the test does not end");

    public void Dispose()
    {
        Release();
        foreach (var thread in _threads)
        {
            thread.Interrupt();
        }

        Join();
        _released.Dispose(); // not before: a thread may wait for it
    }

    private static Task SleepAsync(IEnumerable<Thread> threads, CancellationToken timeout)
    {
        var all = threads.ToList();
        return Eventually.HoldsAsync(() => all.TrueForAll(thread => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin)), "all threads wait", timeout);
    }
}
