using Hardening.Interop;

namespace Hardening.Stalls.Sampling;

/// <summary>The threads of a process that can be read. This is the aide's side, which opens and closes; <see cref="ThreadReader"/> is the sampler's.</summary>
internal sealed class ThreadTable(TaskDirectory directory, DescriptorBudget budget) : IDisposable
{
    /// <summary>How many threads are read at most; the others are counted.</summary>
    public const int MaxThreads = 4096;

    private const int DetailedThreads = 256; // so many have their details opened ahead; the others on suspicion

    private readonly ThreadSlot[] _slots = TouchedMemory.Allocate<ThreadSlot>(MaxThreads);
    private readonly Dictionary<int, int> _known = []; // slots by thread
    private readonly List<int> _listed = [];
    private int _used; // slots up to here have been used
    private bool _isFull;

    public Span<ThreadSlot> Slots => _slots.AsSpan(0, Volatile.Read(ref _used));

    /// <summary>Files of threads that this system does not have, or does not show.</summary>
    public Refusals Refusals { get; } = new();

    /// <summary>The threads that were there at the last listing. The aide's.</summary>
    public IReadOnlyCollection<int> Known => _known.Keys;

    /// <param name="list">Threads have come or gone.</param>
    /// <param name="details">Everything is to be known of all of them.</param>
    public void Prepare(bool list, bool details)
    {
        CloseEnded();
        if (list)
        {
            _isFull = false;
            directory.List(_listed);
            foreach (var thread in _listed)
            {
                if (!_isFull && !_known.ContainsKey(thread))
                {
                    Open(thread);
                }
            }
        }

        for (var i = 0; i < _used; i++)
        {
            ref var slot = ref _slots[i];
            if ((i < DetailedThreads || details || Volatile.Read(ref slot.IsWatched)) && Volatile.Read(ref slot.State) == ThreadSlot.Ready && !slot.HasDeep && budget.HasRoomForDetails(3))
            {
                OpenDetails(ref slot);
            }
        }
    }

    public void Dispose()
    {
        for (var i = 0; i < _used; i++)
        {
            Close(ref _slots[i]);
        }

        _used = 0;
        directory.Dispose();
    }

    private void CloseEnded()
    {
        for (var i = 0; i < _used; i++)
        {
            ref var slot = ref _slots[i];
            if (Volatile.Read(ref slot.State) == ThreadSlot.Ended)
            {
                _known.Remove(slot.ThreadId);
                Close(ref slot);
            }
        }
    }

    private void Open(int thread)
    {
        var free = 0;
        while (free < _used && _slots[free].State != ThreadSlot.Free)
        {
            free++;
        }

        if (free == MaxThreads || !budget.HasRoom(2))
        {
            _isFull = true;
            return;
        }

        var stat = directory.Open(thread, "stat"u8);
        if (stat < 0)
        {
            _isFull = stat is -Libc.EMFILE or -Libc.ENFILE; // else it has ended
            return;
        }

        var schedStat = directory.Open(thread, "schedstat"u8);
        if (schedStat is -Libc.EMFILE or -Libc.ENFILE or -Libc.ESRCH)
        {
            _isFull = schedStat != -Libc.ESRCH;
            _ = Libc.close(stat);
            return;
        }

        Refusals.Note("schedstat", schedStat);
        budget.Take(schedStat < 0 ? 1 : 2);
        _known[thread] = free;
        _slots[free] = new ThreadSlot
        {
            ThreadId = thread,
            Stat = stat,
            SchedStat = schedStat < 0 ? ThreadSlot.None : schedStat,
            Status = ThreadSlot.None,
            WaitChannel = ThreadSlot.None,
            SystemCall = ThreadSlot.None,
        };
        Volatile.Write(ref _slots[free].State, ThreadSlot.Ready);
        Volatile.Write(ref _used, Math.Max(_used, free + 1));
    }

    private void OpenDetails(ref ThreadSlot slot)
    {
        Volatile.Write(ref slot.Status, OpenDetail(slot.ThreadId, "status"u8, "status"));
        Volatile.Write(ref slot.WaitChannel, OpenDetail(slot.ThreadId, "wchan"u8, "wchan"));
        Volatile.Write(ref slot.SystemCall, OpenDetail(slot.ThreadId, "syscall"u8, "syscall"));
    }

    private int OpenDetail(int thread, ReadOnlySpan<byte> file, string name)
    {
        var descriptor = directory.Open(thread, file);
        Refusals.Note(name, descriptor);
        budget.Take(descriptor < 0 ? 0 : 1);
        return descriptor < 0 ? ThreadSlot.None : descriptor;
    }

    private void Close(ref ThreadSlot slot)
    {
        if (slot.State == ThreadSlot.Free)
        {
            return;
        }

        foreach (var descriptor in (ReadOnlySpan<int>)[slot.Stat, slot.SchedStat, slot.Status, slot.WaitChannel, slot.SystemCall])
        {
            if (descriptor != ThreadSlot.None)
            {
                _ = Libc.close(descriptor);
                budget.Take(-1);
            }
        }

        Volatile.Write(ref slot.State, ThreadSlot.Free);
    }
}
