using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Building.Devices;

public sealed record DeviceInfo(string Address, string Kind, int Floor);

public abstract class Registry<TItem>
    where TItem : notnull
{
    private readonly object _gate;
    private readonly Dictionary<string, TItem> _items = new(StringComparer.OrdinalIgnoreCase);
    private readonly Func<TItem, string> _keyOf;

    /// <param name="gate">Shared by the registries of a building, so that a snapshot sees all of them at one moment.</param>
    /// <param name="keyOf">Tells the key of an item.</param>
    protected Registry(object gate, Func<TItem, string> keyOf)
    {
        _gate = gate;
        _keyOf = keyOf;
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _items.Count;
            }
        }
    }

    public bool Add(TItem item)
    {
        var key = _keyOf(item);
        lock (_gate)
        {
            return _items.TryAdd(key, item);
        }
    }

    public TItem[] Where(Func<TItem, bool> wanted)
    {
        TItem[] all;
        lock (_gate)
        {
            all = _items.Values.ToArray();
        }

        return Array.FindAll(all, item => wanted(item));
    }

    public int RemoveKind(string prefix)
    {
        lock (_gate)
        {
            var keys = _items.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).ToList();
            keys.ForEach(key => _items.Remove(key));
            return keys.Count;
        }
    }
}

public sealed class DeviceRegistry : Registry<DeviceInfo>
{
    private readonly Lock _eventsGate = new();
    private readonly Action<string> _note;
    private readonly Queue<string> _events = new();
    private EventHandler<string>? _changed;

    public DeviceRegistry(object gate)
        : base(gate, static device => device.Address) => _note = Note;

    public event EventHandler<string>? Changed
    {
        add
        {
            lock (_eventsGate)
            {
                _changed += value;
            }
        }
        remove
        {
            lock (_eventsGate)
            {
                _changed -= value;
            }
        }
    }

    public void Report(string text)
    {
        EventHandler<string>? changed;
        lock (_eventsGate)
        {
            _note(text);
            changed = _changed;
        }

        changed?.Invoke(this, text);
    }

    public string[] TakeEvents()
    {
        lock (_eventsGate)
        {
            var events = _events.ToArray();
            _events.Clear();
            return events;
        }
    }

    public static int CountUnder(ICollection collection)
    {
        lock (collection.SyncRoot)
        {
            return collection.Count;
        }
    }

    private void Note(string text)
    {
        _events.Enqueue(text);
        if (_events.Count > 100)
        {
            _events.Dequeue();
        }
    }
}
