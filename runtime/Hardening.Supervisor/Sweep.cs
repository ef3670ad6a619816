using Hardening.Interop;

namespace Hardening.Supervisor;

/// <summary>Finds processes by their brand and ends them: SIGTERM, the grace period, then rounds of stop, scan and kill. Driven step by step, by a watch or by a loop.</summary>
/// <param name="isOrphan">Which brands are looked for.</param>
/// <param name="gracePeriod">In milliseconds.</param>
/// <param name="kill">Called when the grace period is over: what can end them faster than one by one.</param>
/// <param name="tidy">Called when none is left, until it has done its work: the threads of one that was killed may be on their way out still.</param>
internal sealed class Sweep(Func<Brand, bool> isOrphan, int gracePeriod, Action? kill = null, Func<bool>? tidy = null)
{
    /// <summary>A look can miss what forks and exits all the time: it is gone when it is looked at, and its child was not there when the list was made. So many in a row cannot.</summary>
    private const int SureAfter = 25;
    private const int FirstLooks = 2; // where there was never anybody: a start of the application should not take CPU time for nothing
    private const int LookEvery = 10; // ms
    private const int RoundEvery = 3;
    private const int TidyEvery = 100;
    private const int GiveUpAfter = 5_000;
    private const int MostPasses = 100;

    private readonly HashSet<int> _found = [];
    private readonly HashSet<int> _stopped = [];
    private readonly byte[] _namespace = Namespace(Environment.ProcessId);
    private Phase _phase;
    private long _killAt;
    private int _emptyRounds;

    /// <summary>When the next step is due, on the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long DueAt { get; private set; }

    /// <summary>How many processes there were.</summary>
    public int Found => _found.Count;

    /// <summary>How many could not be ended.</summary>
    public int Left { get; private set; }

    /// <returns>Whether it is done.</returns>
    public bool Step()
    {
        var now = Environment.TickCount64;
        if (_phase == Phase.Running)
        {
            _phase = Phase.Terminating;
            _killAt = now + gracePeriod;
            _ = Send(Libc.SIGTERM, Libc.SIGCONT);
        }

        if (_phase == Phase.Terminating && now >= _killAt)
        {
            _phase = Phase.Killing;
            kill?.Invoke();
        }

        var there = _phase == Phase.Killing ? StopAndKill() : Send(signal: 0);
        DueAt = now + (_phase == Phase.Killing ? RoundEvery : LookEvery);
        _emptyRounds = there == 0 ? _emptyRounds + 1 : 0;
        Left = there;
        var areGone = _emptyRounds >= (_found.Count == 0 ? FirstLooks : SureAfter);
        if (areGone)
        {
            // Where none was found, a directory that cannot be removed is not ours to wait for: others' processes are in it.
            DueAt = now + TidyEvery;
            areGone = tidy?.Invoke() != false || _found.Count == 0;
        }

        return areGone || now > _killAt + GiveUpAfter;
    }

    private int StopAndKill()
    {
        _stopped.Clear();
        var before = -1;
        for (var pass = 0; before != _stopped.Count && pass < MostPasses; pass++)
        {
            before = _stopped.Count;
            _ = Send(Libc.SIGSTOP, onlyOnce: true);
        }

        return Send(Libc.SIGKILL);
    }

    // From the highest number down: what has just been forked has a high one, and may be gone in a moment.
    private int Send(int signal, int another = 0, bool onlyOnce = false)
    {
        var there = 0;
        var all = ProcessLook.All();
        for (var at = all.Length - 1; at >= 0; at--)
        {
            if (all[at] != Environment.ProcessId && IsOrphan(all[at], out var supervisor))
            {
                there++;
                _found.Add(all[at]);
                if (signal != 0 && (!onlyOnce || _stopped.Add(all[at])))
                {
                    Signals.TrySendToBranded(all[at], supervisor, signal, another);
                }
            }
        }

        return there;
    }

    // In another PID namespace the numbers of a brand mean other processes.
    private bool IsOrphan(int processId, out ulong supervisor)
    {
        var brand = Brand.Read(processId);
        supervisor = brand.Supervisor;
        return brand.IsSet && isOrphan(brand) && ProcessLook.At(processId).IsAlive && _namespace.AsSpan().SequenceEqual(Namespace(processId));
    }

    private static byte[] Namespace(int processId) => ProcFile.ReadLink(processId, "ns/pid"u8, new byte[64]).ToArray();
}
