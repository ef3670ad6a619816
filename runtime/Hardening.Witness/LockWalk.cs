using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Runtime;

namespace Hardening.Witness;

/// <summary>
/// Finds locks of .NET that are waited for, with their owners and waiters: those of <c>lock</c> on objects in the runtime's own table of locks, those of type <see cref="Lock"/> on the stacks of the threads that wait for them.
/// </summary>
internal sealed class LockWalk
{
    private const int NativeBytes = 4 << 10; // of a stack, below the method that waits
    private const int ManagedBytes = 512; // of its own frame

    private readonly Dictionary<ulong, int> _threads = []; // OS ids by the runtime's address of them
    private readonly Dictionary<int, int> _managed = []; // OS ids by managed ids
    private readonly Dictionary<ulong, SyncBlock> _held = []; // by object
    private readonly Dictionary<ulong, List<int>> _waiters = []; // by object
    private readonly Dictionary<ulong, bool> _areLocks = [];
    private readonly HashSet<int> _seen = []; // threads that wait
    private IMemoryReader? _memory;
    private LockLayout? _layout;

    public void Begin(ClrRuntime runtime)
    {
        _memory = runtime.DataTarget.DataReader;
        _layout ??= LockLayout.Of(runtime);
        _threads.Clear();
        _managed.Clear();
        _held.Clear();
        _waiters.Clear();
        _areLocks.Clear();
        _seen.Clear();
        foreach (var thread in runtime.Threads)
        {
            _threads[thread.Address] = (int)thread.OSThreadId;
            _managed[thread.ManagedThreadId] = (int)thread.OSThreadId;
        }

        foreach (var block in runtime.Heap.EnumerateSyncBlocks().Where(block => block.IsMonitorHeld && block.WaitingThreadCount > 0))
        {
            _held[block.Object] = block;
        }
    }

    /// <summary>Looks at a frame of a thread, the innermost first.</summary>
    public void See(ClrThread thread, ClrStackFrame frame, string method)
    {
        var id = (int)thread.OSThreadId;
        if (method.StartsWith("System.Threading.Monitor.", StringComparison.Ordinal) && method["System.Threading.Monitor.".Length..] is "Enter" or "TryEnter" or "ReliableEnter" or "Enter_Slowpath" or "TryEnter_Slowpath" or "TryEnter_Slow")
        {
            Scan(id, frame.StackPointer, held => _held.TryGetValue(held, out var block) && block.HoldingThreadAddress != thread.Address);
        }
        else if (method.StartsWith("System.Threading.Lock.", StringComparison.Ordinal) && _layout is not null)
        {
            Scan(id, frame.StackPointer, held => IsLock(held) && Owner(held) != id);
        }
    }

    public IReadOnlyList<RawLock> End(ClrRuntime runtime)
    {
        var monitors = _held.Values.Select(block => new RawLock(
            block.Object, runtime.Heap.GetObjectType(block.Object)?.Name, _threads.GetValueOrDefault(block.HoldingThreadAddress), block.WaitingThreadCount, _waiters.GetValueOrDefault(block.Object) ?? []));
        var locks = _waiters.Where(waited => !_held.ContainsKey(waited.Key)).Select(waited => new RawLock(
            waited.Key, "System.Threading.Lock", Owner(waited.Key), waited.Value.Count, waited.Value));
        return [.. monitors.Concat(locks).OrderByDescending(held => held.Waiters)];
    }

    // The object that is waited for lies on the stack from the innermost native frame up to the frame of the method that waits. Only a single candidate counts.
    private void Scan(int id, ulong top, Func<ulong, bool> isCandidate)
    {
        if (!_seen.Add(id))
        {
            return;
        }

        var found = Candidates(top - NativeBytes, NativeBytes + ManagedBytes, isCandidate);
        if (found.Count == 1)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(_waiters, found.Single(), out _) ??= []).Add(id);
        }
    }

    private HashSet<ulong> Candidates(ulong address, int bytes, Func<ulong, bool> isCandidate)
    {
        var stack = new byte[bytes];
        var read = _memory!.Read(address, stack);
        HashSet<ulong> found = [];
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(stack.AsSpan(0, read / sizeof(ulong) * sizeof(ulong))))
        {
            if (word % sizeof(ulong) == 0 && word > ushort.MaxValue && isCandidate(word))
            {
                found.Add(word);
            }
        }

        return found;
    }

    private bool IsLock(ulong address)
    {
        if (!_areLocks.TryGetValue(address, out var isLock))
        {
            _areLocks.Add(address, isLock = _memory!.ReadPointer(address, out var table) && table == _layout!.MethodTable && ReadInt(address + (ulong)_layout.OwnerOffset) != 0);
        }

        return isLock;
    }

    // The system's number of the thread; the managed one in versions of .NET to come, perhaps.
    private int Owner(ulong address) => ReadInt(address + (ulong)_layout!.OwnerOffset) is var id && _threads.ContainsValue(id) ? id : _managed.GetValueOrDefault(id);

    private int ReadInt(ulong address) => _memory!.Read(address, out int value) ? value : 0;

    /// <summary>What <see cref="Lock"/> looks like in the process.</summary>
    private sealed record LockLayout(ulong MethodTable, int OwnerOffset)
    {
        public static LockLayout? Of(ClrRuntime runtime)
        {
            var type = runtime.BaseClassLibrary.GetTypeByName("System.Threading.Lock");
            return type?.GetFieldByName("_owningThreadId") is { } owner ? new LockLayout(type.MethodTable, owner.Offset + sizeof(ulong)) : null;
        }
    }
}
