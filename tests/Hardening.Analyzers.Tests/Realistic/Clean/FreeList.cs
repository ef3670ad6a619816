using System;
using System.Collections.Generic;
using System.Threading;

namespace Storage.Memory;

/// <summary>A stack of free pages without a lock.</summary>
public sealed class FreeList<T>
    where T : class
{
    private Node? _head;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Push(T item)
    {
        var node = new Node(item);
        var spinner = new SpinWait();
        while (true)
        {
            var head = Volatile.Read(ref _head);
            node.Next = head;
            if (Interlocked.CompareExchange(ref _head, node, head) == head)
            {
                Interlocked.Increment(ref _count);
                return;
            }

            spinner.SpinOnce();
        }
    }

    public bool TryPop(out T? item)
    {
        var spinner = new SpinWait();
        while (Volatile.Read(ref _head) is { } head)
        {
            if (Interlocked.CompareExchange(ref _head, head.Next, head) == head)
            {
                Interlocked.Decrement(ref _count);
                item = head.Item;
                return true;
            }

            spinner.SpinOnce();
        }

        item = null;
        return false;
    }

    private sealed class Node(T item)
    {
        public T Item { get; } = item;

        public Node? Next { get; set; }
    }
}

/// <summary>The largest value that anybody has seen.</summary>
public sealed class HighWaterMark
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Offer(long value)
    {
        long seen;
        do
        {
            seen = Interlocked.Read(ref _value);
            if (seen >= value)
            {
                return;
            }
        }
        while (Interlocked.CompareExchange(ref _value, value, seen) != seen);
    }
}

public sealed class PageAllocator(int pageSize, int most)
{
    private readonly FreeList<byte[]> _free = new();
    private readonly HighWaterMark _used = new();
    private int _allocated;

    public long MostUsed => _used.Value;

    public byte[] Take()
    {
        if (_free.TryPop(out var page))
        {
            return page!;
        }

        var allocated = Interlocked.Increment(ref _allocated);
        if (allocated > most)
        {
            Interlocked.Decrement(ref _allocated);
            throw new InsufficientMemoryException($"All {most} pages are in use.");
        }

        _used.Offer(allocated);
        return new byte[pageSize];
    }

    public void Give(IEnumerable<byte[]> pages)
    {
        foreach (var page in pages)
        {
            _free.Push(page);
        }
    }
}
