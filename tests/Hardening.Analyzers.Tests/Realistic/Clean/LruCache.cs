using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Threading;

namespace Caching;

/// <summary>Keeps the entries that were used last. What leaves is disposed outside of the lock.</summary>
public sealed class LruCache<TKey, TValue>(int capacity, IEqualityComparer<TKey>? comparer = null) : IDisposable
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = new(comparer);
    private readonly LinkedList<(TKey Key, TValue Value)> _order = new();
    private long _hits;
    private long _misses;

    public int Count
    {
        get
        {
            using (_gate.EnterScope())
            {
                return _nodes.Count;
            }
        }
    }

    public double HitRate
    {
        get
        {
            var (hits, misses) = (Interlocked.Read(ref _hits), Interlocked.Read(ref _misses));
            return hits + misses == 0 ? 0 : (double)hits / (hits + misses);
        }
    }

    public bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(key, out var node))
            {
                _order.Remove(node);
                _order.AddFirst(node);
                _hits++;
                value = node.Value.Value;
                return true;
            }

            _misses++;
            value = null;
            return false;
        }
    }

    public TValue GetOrAdd(TKey key, Func<TKey, TValue> create)
    {
        if (TryGet(key, out var known))
        {
            return known;
        }

        var created = create(key);
        TValue? lost = null;
        lock (_gate)
        {
            if (_nodes.TryGetValue(key, out var other))
            {
                (lost, created) = (created, other.Value.Value);
            }
            else
            {
                _nodes.Add(key, _order.AddFirst((key, created)));
                if (_nodes.Count > capacity)
                {
                    var last = _order.Last!;
                    _order.RemoveLast();
                    _nodes.Remove(last.Value.Key);
                    lost = last.Value.Value;
                }
            }
        }

        (lost as IDisposable)?.Dispose();
        return created;
    }

    public IReadOnlyList<TKey> Keys()
    {
        lock (_gate)
        {
            return _order.Select(entry => entry.Key).ToList();
        }
    }

    public void Dispose()
    {
        TValue[] all;
        lock (_gate)
        {
            all = _order.Select(entry => entry.Value).ToArray();
            _order.Clear();
            _nodes.Clear();
        }

        foreach (var value in all.OfType<IDisposable>())
        {
            value.Dispose();
        }
    }
}
