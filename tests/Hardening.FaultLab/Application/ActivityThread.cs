using Hardening.FaultLab.Truth;
using Hardening.Stalls;

namespace Hardening.FaultLab.Application;

/// <summary>A thread that does one thing every 10 ms and notes its own gaps, until it is disposed.</summary>
internal sealed class ActivityThread(string name, TimeProvider time, GapList gaps) : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly long _promised = time.Nanoseconds(); // its heartbeat is watched from now on
    private readonly ManualResetEventSlim _stopping = new();
    private Thread? _thread;
    private GapRecorder? _recorder;
    private long _cycles;

    public long Cycles => Volatile.Read(ref _cycles);

    public void Start(Action cycle)
    {
        _thread = new Thread(() => Run(cycle)) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>A step of a cycle: a beat before and one after it, for truth and watchdog alike.</summary>
    public void Step(Heartbeat heartbeat, string label, Action step)
    {
        _recorder!.Mark();
        using (heartbeat.Enter(label))
        {
            step();
        }

        _recorder.Mark();
    }

    public void Dispose()
    {
        _stopping.Set();
        if (_thread is null || _thread.Join(EndLimit))
        {
            _stopping.Dispose();
        }
    }

    private void Run(Action cycle)
    {
        using var recorder = new GapRecorder(name, time, gaps, _promised);
        _recorder = recorder;
        do
        {
            recorder.Mark();
            cycle();
            Volatile.Write(ref _cycles, _cycles + 1);
        }
        while (!_stopping.Wait(Tick));
        recorder.Mark();
    }
}
