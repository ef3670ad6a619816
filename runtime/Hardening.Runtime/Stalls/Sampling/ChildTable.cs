using System.Globalization;
using Hardening.Interop;

namespace Hardening.Stalls.Sampling;

/// <summary>The live descendants of a process that can be read. This is the aide's side, which finds, opens and closes; <see cref="ChildReader"/> is the sampler's.</summary>
internal sealed class ChildTable(ThreadTable threads, DescriptorBudget budget, Refusals refusals, string root, int? processId, TimeProvider time) : IDisposable
{
    /// <summary>How many descendants are read at most.</summary>
    public const int MaxChildren = 256;

    private const int MaxFamilies = 8192; // threads that may have children, and are to be asked in a round
    private const int FilesPerTurn = 64; // each costs some µs, and there is one per thread
    private const int FilesPerTurnInDoubt = 1024;
    private static readonly TimeSpan RoundEvery = TimeSpan.FromSeconds(1); // a file for each thread of each process: it would cost more than all samples

    private const int LooksAtProgram = 3; // a child is its parent's twin until it executes its program

    private readonly ChildSlot[] _slots = TouchedMemory.Allocate<ChildSlot>(MaxChildren);
    private readonly Dictionary<int, int> _known = []; // slots by process
    private readonly Queue<Family> _toVisit = new();
    private readonly List<int> _found = [];
    private readonly byte[] _text = new byte[16 * 1024]; // of some 2,000 children: of more, the first
    private readonly byte[] _programText = new byte[4096];
    private long? _roundBegan;
    private int _used; // slots up to here have been used

    public Span<ChildSlot> Slots => _slots.AsSpan(0, Volatile.Read(ref _used));

    public IReadOnlyList<int> Ids
    {
        get
        {
            var ids = new List<int>();
            foreach (ref var slot in Slots)
            {
                if (Volatile.Read(ref slot.State) == ThreadSlot.Ready && !Volatile.Read(ref slot.IsOurs))
                {
                    ids.Add(slot.ProcessId);
                }
            }

            return ids;
        }
    }

    /// <summary>Goes on looking for descendants: each thread of each process of the tree has children of its own.</summary>
    /// <param name="inDoubt">They are wanted now.</param>
    public void Prepare(bool inDoubt)
    {
        CloseEnded();
        if (processId is null && _known.Count == 0 && !Libc.HasChildren)
        {
            _toVisit.Clear();
            return;
        }

        if (_toVisit.Count == 0)
        {
            if (!inDoubt && _roundBegan is { } began && time.GetElapsedTime(began) < RoundEvery)
            {
                return;
            }

            _roundBegan = time.GetTimestamp();
            Enqueue(TaskDirectory.Name(processId), threads.Known);
        }

        var files = inDoubt ? FilesPerTurnInDoubt : FilesPerTurn;
        while (files > 0 && _toVisit.TryDequeue(out var family))
        {
            files -= Visit(family);
        }
    }

    public void Dispose()
    {
        for (var i = 0; i < _used; i++)
        {
            Close(ref _slots[i]);
        }

        _used = 0;
    }

    private void CloseEnded()
    {
        for (var i = 0; i < _used; i++)
        {
            if (Volatile.Read(ref _slots[i].State) == ThreadSlot.Ended)
            {
                _known.Remove(_slots[i].ProcessId);
                Close(ref _slots[i]);
            }
        }
    }

    // Gives how many files it has opened.
    private int Visit(Family family)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{root}/{family.Process}/task/{family.Thread}/children");
        var files = 1;
        using var children = new ProcFile(path);
        if (children.Error == -Libc.ENOENT && Directory.Exists(Path.GetDirectoryName(path)))
        {
            refusals.Note("children", children.Error);
        }

        for (var rest = children.Read(_text); ProcText.Number(ref rest) is var child and not 0;)
        {
            if (IsKnown((int)child) || TryOpen((int)child))
            {
                var process = TaskDirectory.Name((int)child);
                using var tasks = TaskDirectory.TryOpen(root, process);
                tasks?.List(_found);
                Enqueue(process, tasks is null ? [] : _found);
                files += 2;
            }
        }

        return files;
    }

    private void Enqueue(string process, IEnumerable<int> tasks)
    {
        foreach (var thread in tasks)
        {
            if (_toVisit.Count < MaxFamilies)
            {
                _toVisit.Enqueue(new Family(process, thread));
            }
        }
    }

    private bool IsKnown(int child)
    {
        if (!_known.TryGetValue(child, out var slot))
        {
            return false;
        }

        LookAtProgram(ref _slots[slot]);
        return true;
    }

    private bool TryOpen(int child)
    {
        var free = 0;
        while (free < _used && _slots[free].State != ThreadSlot.Free)
        {
            free++;
        }

        if (free == MaxChildren || !budget.HasRoom(1))
        {
            return false;
        }

        var stat = ProcFile.Open(string.Create(CultureInfo.InvariantCulture, $"{root}/{child}/stat"));
        if (stat < 0)
        {
            return false;
        }

        budget.Take(1);
        _known[child] = free;
        _slots[free] = new ChildSlot { ProcessId = child, Stat = stat };
        LookAtProgram(ref _slots[free]);
        Volatile.Write(ref _slots[free].State, ThreadSlot.Ready);
        Volatile.Write(ref _used, Math.Max(_used, free + 1));
        return true;
    }

    private void LookAtProgram(ref ChildSlot slot)
    {
        if (slot.Looks < LooksAtProgram)
        {
            slot.Looks++;
            using var commandLine = new ProcFile(string.Create(CultureInfo.InvariantCulture, $"{root}/{slot.ProcessId}/cmdline"));
            Volatile.Write(ref slot.IsOurs, OwnPrograms.Includes(commandLine.Read(_programText)));
        }
    }

    private void Close(ref ChildSlot slot)
    {
        if (slot.State != ThreadSlot.Free)
        {
            _ = Libc.close(slot.Stat);
            budget.Take(-1);
            Volatile.Write(ref slot.State, ThreadSlot.Free);
        }
    }

    private readonly record struct Family(string Process, int Thread);
}
