using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Runtime;
using Microsoft.Diagnostics.Runtime.DataReaders.Implementation;

namespace Hardening.Witness;

/// <summary>Reads a process that is held still: the registers of its stopped threads only, for those of others would be garbage, and where wanted others in their place.</summary>
internal sealed class HeldReader(DataTarget inner) : IDataReader, IThreadReader, IDisposable
{
    private readonly IDataReader _inner = inner.DataReader;
    private readonly Dictionary<uint, byte[]> _replaced = [];
    private Tracees? _tracees;

    public string DisplayName => _inner.DisplayName;

    public bool IsThreadSafe => false;

    public OSPlatform TargetPlatform => _inner.TargetPlatform;

    public Architecture Architecture => _inner.Architecture;

    public int ProcessId => _inner.ProcessId;

    public int PointerSize => _inner.PointerSize;

    public void Begin(Tracees tracees)
    {
        _tracees = tracees;
        _replaced.Clear();
    }

    /// <summary>From now on until the next walk, these are the registers of a thread.</summary>
    public void Replace(uint threadId, byte[] context) => _replaced[threadId] = context;

    public bool IsReplaced(uint threadId) => _replaced.ContainsKey(threadId);

    public bool GetThreadContext(uint threadID, uint contextFlags, Span<byte> context)
    {
        if (_replaced.TryGetValue(threadID, out var replaced))
        {
            replaced.AsSpan(0, Math.Min(replaced.Length, context.Length)).CopyTo(context);
            return true;
        }

        return _tracees is not null && _tracees.Has((int)threadID) && _inner.GetThreadContext(threadID, contextFlags, context);
    }

    public IEnumerable<ModuleInfo> EnumerateModules() => _inner.EnumerateModules();

    public void FlushCachedData() => _inner.FlushCachedData();

    public int Read(ulong address, Span<byte> buffer) => _inner.Read(address, buffer);

    public bool Read<T>(ulong address, out T value)
        where T : unmanaged => _inner.Read(address, out value);

    public T Read<T>(ulong address)
        where T : unmanaged => _inner.Read<T>(address);

    public bool ReadPointer(ulong address, out ulong value) => _inner.ReadPointer(address, out value);

    public ulong ReadPointer(ulong address) => _inner.ReadPointer(address);

    public IEnumerable<uint> EnumerateOSThreadIds() => _tracees?.Stopped.Select(thread => (uint)thread) ?? [];

    public ulong GetThreadTeb(uint osThreadId) => 0;

    public void Dispose() => inner.Dispose();
}
