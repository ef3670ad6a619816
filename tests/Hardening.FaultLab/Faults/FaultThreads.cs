namespace Hardening.FaultLab.Faults;

/// <summary>The threads of a fault, until it is disposed; then all of them have ended, or the run is no good.</summary>
internal sealed unsafe class FaultThreads : IDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private readonly List<Thread> _threads = [];
    private readonly ManualResetEventSlim _begin = new();
    private readonly ManualResetEventSlim _stopping = new();
    private readonly int* _stopWord = (int*)System.Runtime.InteropServices.NativeMemory.AllocZeroed(sizeof(int));

    public bool IsStopping => _stopping.IsSet;

    /// <summary>The same for native code.</summary>
    public nint StopWord => (nint)_stopWord;

    /// <summary>Makes threads, which begin together.</summary>
    public FaultThreads Add(string name, int count, Action<FaultThreads> work)
    {
        for (var i = 0; i < count; i++)
        {
            var thread = new Thread(() => Run(work)) { Name = count == 1 ? name : $"{name}-{i}", IsBackground = true };
            thread.Start();
            _threads.Add(thread);
        }

        return this;
    }

    public FaultThreads Begin()
    {
        _begin.Set();
        return this;
    }

    /// <summary>Waits until the fault is over, or for that long.</summary>
    public bool WaitForStop(TimeSpan limit) => _stopping.Wait(limit);

    public void Dispose()
    {
        Volatile.Write(ref *_stopWord, 1);
        _stopping.Set();
        _begin.Set();
        foreach (var thread in _threads)
        {
            if (!thread.Join(EndLimit))
            {
                throw new InvalidOperationException($"Thread {thread.Name} of a fault did not end within {EndLimit}.");
            }
        }

        System.Runtime.InteropServices.NativeMemory.Free(_stopWord);
        _begin.Dispose();
        _stopping.Dispose();
    }

    private void Run(Action<FaultThreads> work)
    {
        if (_begin.Wait(EndLimit))
        {
            work(this);
        }
    }
}
