using Hardening.Stalls.Classification;
using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Watching;

/// <summary>What a thread has been doing up to now: whether it used to run, and since when it does not.</summary>
internal sealed class ThreadTrack
{
    /// <summary>A thread that runs for less than this of an interval does nothing: one that waits with a limit wakes to look again.</summary>
    public const double Nothing = 0.01;

    private const double MostlyDelayed = 0.5;
    private const int Known = 10; // intervals
    private const double Used = 0.8; // of them
    private const ulong SameLock = 64; // bytes: a condition waits at two words in turn

    // Calls that are made to get something done; others wait for what may never come: even to open a pipe waits for somebody at its other end.
    private static readonly HashSet<string> s_working = new(StringComparer.Ordinal)
    {
        "write", "writev", "sendto", "sendmsg", "connect",
    };

    private double _activity;
    private int _intervals;
    private ulong _address;

    public Stillness Now { get; private set; }

    /// <summary>The start of the first interval in which it stood still as it does: ns.</summary>
    public long Since { get; private set; }

    /// <summary>The address that it waits at, or the call that it is in.</summary>
    public ulong Key => _address;

    /// <summary>It ran in most intervals before it stood still.</summary>
    public bool UsedToRun => _intervals >= Known && _activity >= Used;

    /// <param name="row">Its row; null when it neither ran nor waited, and not everything was looked at.</param>
    /// <param name="sample">The sample.</param>
    public void Add(ThreadSample? row, in Sample sample)
    {
        var (now, address) = row is { } known ? Read(known, sample.Interval)
            : Now is Stillness.Starved or Stillness.Device ? (Stillness.None, 0) // such a thread always has a row
            : (Now, _address);
        var moved = row is { } seen && (seen.RunTime > 0 || seen.Slices > 0);
        if (now == Stillness.None || now != Now || Math.Max(address, _address) - Math.Min(address, _address) > SameLock)
        {
            Since = sample.Time - sample.Interval;
        }

        if (now == Stillness.None || (now == Stillness.Futex && moved))
        {
            _activity = (_activity * 0.9) + (moved ? 0.1 : 0);
            _activity = _intervals == 0 && moved ? 1 : _activity;
            _intervals++;
        }

        (Now, _address) = (now, address);
    }

    private static (Stillness, ulong) Read(in ThreadSample row, long interval)
    {
        if (row.RunTime > interval * Nothing)
        {
            return (Stillness.None, 0);
        }

        if (row.RunDelay >= interval * MostlyDelayed)
        {
            return (Stillness.Starved, 0);
        }

        return row.State switch
        {
            'D' when row.Slices == 0 => (Stillness.Device, 0),
            'S' when WaitPlaces.IsFutex(row) => (Stillness.Futex, row.Argument),
            'S' when row.Slices == 0 && WaitPlaces.Call(row) is { } call && s_working.Contains(call) => (Stillness.Call, (ulong)row.SystemCall),
            _ => (Stillness.None, 0),
        };
    }
}
