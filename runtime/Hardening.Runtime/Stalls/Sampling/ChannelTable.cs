using System.Text;

namespace Hardening.Stalls.Sampling;

/// <summary>Names of wait channels by number, from 1. The sampler finds and adds; any thread may read what there is.</summary>
internal sealed class ChannelTable
{
    private const int MaxChannels = 512; // a kernel has some hundred functions that wait; those of a process are a few dozen
    private const int EntryBytes = 64; // the length, and a name of up to 63

    private readonly byte[] _entries = TouchedMemory.Allocate<byte>(MaxChannels * EntryBytes);
    private readonly short[] _buckets = TouchedMemory.Allocate<short>(MaxChannels * 2);
    private int _count;

    public IReadOnlyList<string> Names
    {
        get
        {
            var names = new string[Volatile.Read(ref _count)];
            for (var i = 0; i < names.Length; i++)
            {
                names[i] = Encoding.UTF8.GetString(Entry(i));
            }

            return names;
        }
    }

    /// <returns>The channel's number; 0 for none, and where the table is full.</returns>
    public int Find(ReadOnlySpan<byte> name)
    {
        var end = name.IndexOfAny((byte)'.', (byte)'\n'); // .constprop.0 and the like are the compiler's
        name = end < 0 ? name : name[..end];
        name = name.Length < EntryBytes ? name : name[..(EntryBytes - 1)];
        if (name.IsEmpty || name is [(byte)'0'])
        {
            return 0;
        }

        var hash = 2166136261;
        foreach (var letter in name)
        {
            hash = (hash ^ letter) * 16777619;
        }

        for (var bucket = hash % (uint)_buckets.Length; ; bucket = (bucket + 1) % (uint)_buckets.Length)
        {
            if (_buckets[bucket] is var number and not 0)
            {
                if (Entry(number - 1).SequenceEqual(name))
                {
                    return number;
                }
            }
            else
            {
                return _count < MaxChannels ? _buckets[bucket] = Add(name) : 0;
            }
        }
    }

    private short Add(ReadOnlySpan<byte> name)
    {
        _entries[_count * EntryBytes] = (byte)name.Length;
        name.CopyTo(_entries.AsSpan((_count * EntryBytes) + 1));
        Volatile.Write(ref _count, _count + 1);
        return (short)_count;
    }

    private ReadOnlySpan<byte> Entry(int index) => _entries.AsSpan((index * EntryBytes) + 1, _entries[index * EntryBytes]);
}
