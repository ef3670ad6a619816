using System.Runtime.InteropServices;
using System.Text;

namespace Hardening.Stalls.Sampling;

/// <summary>
/// The names of threads: of those that there are by their slot, of those that have ended for 30 s. The sampler writes, and never waits; any thread may read. An entry is whole when its version is even
/// and the same before and after.
/// </summary>
internal sealed class ThreadNameTable(int slots, TimeProvider time)
{
    private const int MaxEnded = 1024;
    private const long KeptFor = 30_000_000_000;

    private readonly Entry[] _entries = TouchedMemory.Allocate<Entry>(slots + MaxEnded);
    private int _ended;

    public IReadOnlyDictionary<int, string> Names
    {
        get
        {
            var names = new Dictionary<int, string>();
            var now = time.Nanoseconds;
            for (var i = 0; i < MaxEnded; i++)
            {
                var at = slots + ((Volatile.Read(ref _ended) + i) % MaxEnded); // the oldest first: a number may have been used again
                if (TryCopy(at, out var entry) && entry.ThreadId != 0 && now - entry.Ended < KeptFor)
                {
                    names[entry.ThreadId] = entry.Text;
                }
            }

            for (var i = 0; i < slots; i++)
            {
                if (TryCopy(i, out var entry) && entry.ThreadId != 0)
                {
                    names[entry.ThreadId] = entry.Text;
                }
            }

            return names;
        }
    }

    /// <summary>Notes a name, which may have changed.</summary>
    public void Set(int slot, int threadId, ReadOnlySpan<byte> name)
    {
        Span<byte> bytes = stackalloc byte[2 * sizeof(ulong)]; // a thread's name has 15 at most
        bytes.Clear();
        name[..Math.Min(name.Length, bytes.Length)].CopyTo(bytes);
        var entry = new Entry { ThreadId = threadId, Low = MemoryMarshal.Read<ulong>(bytes), High = MemoryMarshal.Read<ulong>(bytes[sizeof(ulong)..]) };
        ref var old = ref _entries[slot];
        if (old.ThreadId != threadId || old.Low != entry.Low || old.High != entry.High)
        {
            Write(slot, entry);
        }
    }

    /// <summary>The slot's thread has ended.</summary>
    public void End(int slot)
    {
        var entry = _entries[slot];
        if (entry.ThreadId != 0)
        {
            entry.Ended = time.Nanoseconds;
            Write(slots + _ended, entry);
            Volatile.Write(ref _ended, (_ended + 1) % MaxEnded);
            Write(slot, default);
        }
    }

    private void Write(int at, Entry entry)
    {
        ref var to = ref _entries[at];
        var version = to.Version;
        Volatile.Write(ref to.Version, version + 1);
        Interlocked.MemoryBarrier();
        entry.Version = version + 1;
        to = entry;
        Volatile.Write(ref to.Version, version + 2);
    }

    private bool TryCopy(int at, out Entry entry)
    {
        ref var from = ref _entries[at];
        for (var tries = 0; tries < 3; tries++)
        {
            var version = Volatile.Read(ref from.Version);
            entry = from;
            Interlocked.MemoryBarrier();
            if (version % 2 == 0 && Volatile.Read(ref from.Version) == version)
            {
                return true;
            }
        }

        entry = default;
        return false;
    }

    private struct Entry
    {
        public int Version;
        public int ThreadId;
        public ulong Low;
        public ulong High;
        public long Ended;

        public readonly string Text
        {
            get
            {
                Span<byte> bytes = stackalloc byte[2 * sizeof(ulong)];
                MemoryMarshal.Write(bytes, Low);
                MemoryMarshal.Write(bytes[sizeof(ulong)..], High);
                var end = bytes.IndexOf((byte)0);
                return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
            }
        }
    }
}
