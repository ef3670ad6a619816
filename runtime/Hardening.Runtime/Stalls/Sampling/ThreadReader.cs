using Hardening.Interop;

namespace Hardening.Stalls.Sampling;

/// <summary>The sampler's side of a <see cref="ThreadTable"/>: one reading of all threads, without a file opened or a byte allocated.</summary>
internal sealed class ThreadReader(ThreadTable table, ThreadNameTable names, ChannelTable channels)
{
    // A thread that did nothing for so many samples is looked at every so often only, until one is deep: most threads of most processes do nothing, and to read one costs some µs.
    private const int StillAfter = 5;
    private const int LookAtStillEvery = 4;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private static readonly long NanosecondsPerTick = NanosecondsPerSecond / Libc.ClockTicksPerSecond;

    private readonly byte[] _text = TouchedMemory.Allocate<byte>(4096); // the longest, status, has about 1,500 bytes
    private long _sample;

    /// <summary>Rows or threads that were left out at the last reading.</summary>
    public int Lost { get; private set; }

    /// <summary>Threads that were read at the last reading.</summary>
    public int Seen { get; private set; }

    /// <param name="process">Gets what is known of all threads together.</param>
    /// <param name="rows">Where rows go.</param>
    /// <param name="watched">These have a row.</param>
    /// <param name="deep">All have one, with details.</param>
    /// <param name="interval">ns since the last reading; 0 for the first.</param>
    /// <returns>How many rows were written.</returns>
    public int Read(ref ProcessSample process, Span<ThreadSample> rows, ReadOnlySpan<int> watched, bool deep, long interval)
    {
        _sample++;
        (Lost, Seen) = (0, 0);
        var count = 0;
        var watchedSeen = 0;
        var slots = table.Slots;
        for (var i = 0; i < slots.Length; i++)
        {
            ref var slot = ref slots[i];
            if (Volatile.Read(ref slot.State) != ThreadSlot.Ready)
            {
                continue;
            }

            var isWatched = watched.Contains(slot.ThreadId);
            Volatile.Write(ref slot.IsWatched, isWatched);
            if (slot.StillFor >= StillAfter && !deep && !isWatched && (_sample + i) % LookAtStillEvery != 0)
            {
                Seen++;
                continue;
            }

            if (!TryRead(ref slot, i, deep, interval, out var row))
            {
                names.End(i);
                Volatile.Write(ref slot.State, ThreadSlot.Ended);
                continue;
            }

            Seen++;
            watchedSeen += isWatched ? 1 : 0;
            process.Runnable += slot.Letter == 'R' ? 1 : 0;
            process.Uninterruptible += slot.Letter == 'D' ? 1 : 0;
            process.RunDelay += row.RunDelay;
            if (deep || isWatched || slot.Letter is 'R' or 'D' || row is not { RunTime: 0, RunDelay: 0, Slices: 0 })
            {
                Add(rows, row, ref count);
            }
        }

        if (watchedSeen < watched.Length)
        {
            AddUnread(rows, watched, ref count);
        }

        return count;
    }

    private void Add(Span<ThreadSample> rows, in ThreadSample row, ref int count)
    {
        if (count < rows.Length)
        {
            rows[count++] = row;
        }
        else
        {
            Lost++;
        }
    }

    // A watched thread that is too new, or beyond what may be opened, has a row that says nothing but its number.
    private void AddUnread(Span<ThreadSample> rows, ReadOnlySpan<int> watched, ref int count)
    {
        for (var i = 0; i < watched.Length; i++)
        {
            if (watched[i] != 0 && !watched[..i].Contains(watched[i]) && !IsRead(watched[i]))
            {
                Add(rows, new ThreadSample { ThreadId = watched[i] }, ref count);
            }
        }
    }

    private bool IsRead(int thread)
    {
        foreach (ref var slot in table.Slots)
        {
            if (slot.ThreadId == thread && Volatile.Read(ref slot.State) == ThreadSlot.Ready)
            {
                return true;
            }
        }

        return false;
    }

    // False when the thread has ended.
    private bool TryRead(ref ThreadSlot slot, int index, bool deep, long interval, out ThreadSample row)
    {
        row = new ThreadSample { ThreadId = slot.ThreadId };
        if (slot.SchedStat != ThreadSlot.None && !TryReadTimes(ref slot, ref row))
        {
            return false;
        }

        // One that could run, or waits for a device, may have come to do the other without a processor: it is looked at again.
        var moved = row is not { RunTime: 0, RunDelay: 0, Slices: 0 };
        if ((moved || deep || slot.IsWatched || !slot.IsKnown || slot.Letter is 'R' or 'D' || slot.SchedStat == ThreadSlot.None) && !TryReadStat(ref slot, ref row, index))
        {
            return false;
        }

        slot.StillFor = moved || !slot.IsKnown || slot.Letter is 'R' or 'D' || slot.SchedStat == ThreadSlot.None ? 0 : slot.StillFor + 1;
        row.State = slot.Letter;
        if (slot.IsKnown)
        {
            Foretell(ref slot, ref row, interval);
        }
        else
        {
            row = new ThreadSample { ThreadId = row.ThreadId, State = row.State }; // what it did before it was known is no growth
            slot.IsKnown = true;
        }

        if (deep)
        {
            ReadDetails(ref slot, ref row);
        }

        return true;
    }

    private bool TryReadTimes(ref ThreadSlot slot, ref ThreadSample row)
    {
        var count = Libc.ReadAt(slot.SchedStat, _text, 0);
        if (count <= 0)
        {
            return count != -Libc.ESRCH; // what could not be read for want of memory is read the next time
        }

        ReadOnlySpan<byte> text = _text.AsSpan(0, count);
        row.RunTime = ProcText.Growth(ref slot.RunTime, ProcText.Number(ref text));
        row.RunDelay = ProcText.Growth(ref slot.RunDelay, ProcText.Number(ref text));
        row.Slices = ProcText.Growth(ref slot.Slices, ProcText.Number(ref text));
        return true;
    }

    private bool TryReadStat(ref ThreadSlot slot, ref ThreadSample row, int index)
    {
        var count = Libc.ReadAt(slot.Stat, _text, 0);
        if (count <= 0)
        {
            return count != -Libc.ESRCH;
        }

        var stat = ProcStat.Parse(_text.AsSpan(0, count), out var name);
        names.Set(index, slot.ThreadId, name);
        slot.Letter = stat.State;
        row.UserTicks = (int)ProcText.Growth(ref slot.UserTicks, stat.UserTicks);
        row.SystemTicks = (int)ProcText.Growth(ref slot.SystemTicks, stat.SystemTicks);
        row.MinorFaults = ProcText.Growth(ref slot.MinorFaults, stat.MinorFaults);
        if (slot.SchedStat == ThreadSlot.None)
        {
            row.RunTime = (row.UserTicks + row.SystemTicks) * NanosecondsPerTick;
        }

        return true;
    }

    // The kernel counts a wait for a processor when it is over. A thread that has waited all the time would seem to have done nothing: its row tells of the wait now, and not again then.
    private static void Foretell(ref ThreadSlot slot, ref ThreadSample row, long interval)
    {
        if (row is { RunTime: 0, RunDelay: 0, Slices: 0 })
        {
            if (slot.Letter == 'R' && slot.SchedStat != ThreadSlot.None)
            {
                row.RunDelay = interval;
                slot.Foretold += interval;
            }
        }
        else if (row.Slices > 0)
        {
            row.RunDelay = Math.Max(0, row.RunDelay - slot.Foretold);
            slot.Foretold = 0;
        }
    }

    private void ReadDetails(ref ThreadSlot slot, ref ThreadSample row)
    {
        var channel = ReadDetail(ref slot.WaitChannel);
        row.WaitChannel = channels.Find(channel);

        var call = ReadDetail(ref slot.SystemCall); // "running", "-1 0x…" outside a call, or "202 0x7f… 0x80 …"
        if (!call.IsEmpty && char.IsAsciiDigit((char)call[0]))
        {
            row.SystemCall = (int)ProcText.Number(ref call) + 1;
            row.Argument = ProcText.Hexadecimal(call.TrimStart((byte)' '));
        }

        var status = ReadDetail(ref slot.Status);
        if (ProcText.TryFind(status, "\nvoluntary_ctxt_switches:"u8, out var voluntary) && ProcText.TryFind(status, "\nnonvoluntary_ctxt_switches:"u8, out var involuntary))
        {
            var isNext = slot.DeepAt == _sample - 1; // else the growth would be that of some hours
            var (asked, unasked) = (ProcText.Growth(ref slot.Voluntary, voluntary), ProcText.Growth(ref slot.Involuntary, involuntary));
            (row.VoluntarySwitches, row.InvoluntarySwitches) = isNext ? (asked, unasked) : (0, 0);
            slot.DeepAt = _sample;
        }
    }

    private ReadOnlySpan<byte> ReadDetail(ref int descriptor) =>
        Volatile.Read(ref descriptor) is var opened and not ThreadSlot.None && Libc.ReadAt(opened, _text, 0) is var count and > 0 ? _text.AsSpan(0, count) : [];
}
