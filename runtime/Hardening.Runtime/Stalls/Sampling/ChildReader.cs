using Hardening.Interop;

namespace Hardening.Stalls.Sampling;

/// <summary>The sampler's side of a <see cref="ChildTable"/>.</summary>
internal sealed class ChildReader(ChildTable table)
{
    private static readonly long NanosecondsPerTick = 1_000_000_000 / Libc.ClockTicksPerSecond;

    // ns: one that lived longer unseen was kept out by a bound, and what it used is not of now.
    private const long Young = 10_000_000_000;

    private readonly byte[] _text = TouchedMemory.Allocate<byte>(4096);
    private long? _began; // ns since the machine started: the first reading
    private long _owed; // ticks that were counted of children alive, and will come again with those that were waited for

    /// <summary>Reads the descendants.</summary>
    /// <param name="process">Gets what they do.</param>
    /// <param name="waitedFor">By how many ticks the process's own count of ended children has grown.</param>
    /// <param name="interval">ns since the last reading.</param>
    /// <param name="uptime">ns since the machine started.</param>
    public void Read(ref ProcessSample process, long waitedFor, long interval, long uptime)
    {
        _began ??= uptime;
        var owed = 0L;
        foreach (ref var slot in table.Slots)
        {
            if (Volatile.Read(ref slot.State) != ThreadSlot.Ready)
            {
                continue;
            }

            var count = Libc.ReadAt(slot.Stat, _text, 0);
            if (count > 0)
            {
                Add(ref process, ref slot, ProcStat.Parse(_text.AsSpan(0, count), out _), ref waitedFor, interval, uptime);
            }
            else if (count == -Libc.ESRCH)
            {
                owed += slot.Ticks + slot.WaitedForTicks;
                Volatile.Write(ref slot.State, ThreadSlot.Ended);
            }
        }

        // Whoever waits for a child takes over all that it ever used. What rows have told of is taken off: now, or from the next sample when the parent has not waited for it yet.
        var due = owed + _owed;
        process.EndedChildrenTicks = Math.Max(0, waitedFor - due);
        _owed = owed > 0 ? Math.Max(0, due - waitedFor) : 0;
    }

    private void Add(ref ProcessSample process, ref ChildSlot slot, ProcStat stat, ref long waitedFor, long interval, long uptime)
    {
        var ticks = ProcText.Growth(ref slot.Ticks, stat.Ticks);
        var ended = ProcText.Growth(ref slot.WaitedForTicks, stat.WaitedForTicks);
        if (slot.IsKnown)
        {
            waitedFor += ended;
        }

        if (!Volatile.Read(ref slot.IsOurs) && stat.State is not ('Z' or 'X'))
        {
            // The state is that of the first thread; another one may be the one that runs.
            process.Children++;
            process.RunnableChildren += stat.State == 'R' || (slot.IsKnown && ticks * NanosecondsPerTick * 2 >= interval && ticks > 0) ? 1 : 0;
            process.ChildrenTicks += slot.IsKnown ? ticks : 0;
            if (!slot.IsKnown && stat.StartTicks * NanosecondsPerTick is var born && born > _began && uptime - born is >= 0 and < Young and var age)
            {
                process.ChildrenTicks += stat.Ticks;
                process.FoundChildren++;
                process.FoundChildrenAge += age;
            }
        }

        slot.IsKnown = true;
    }
}
