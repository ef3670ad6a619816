using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Desk.Messaging;

public interface IHandle<in TMessage>
{
    void Handle(TMessage message);
}

/// <summary>Passes messages to whoever handles them. Handlers are held weakly: a closed window needs not to unsubscribe.</summary>
public sealed class EventAggregator
{
    private readonly Lock _gate = new();
    private readonly List<Subscription> _subscriptions = [];
    private readonly Dictionary<Type, Action<object>[]> _observers = [];

    public void Subscribe(object handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var subscription = new Subscription(handler);
        lock (_gate)
        {
            if (!_subscriptions.Any(known => known.IsOf(handler)))
            {
                _subscriptions.Add(subscription);
            }
        }
    }

    public void Unsubscribe(object handler)
    {
        lock (_gate)
        {
            _subscriptions.RemoveAll(known => known.IsOf(handler) || !known.IsAlive);
        }
    }

    public IDisposable Observe<TMessage>(Action<TMessage> observer)
    {
        Action<object> wrapped = message => observer((TMessage)message);
        lock (_gate)
        {
            _observers[typeof(TMessage)] = [.. _observers.GetValueOrDefault(typeof(TMessage), []), wrapped];
        }

        return new Removal(this, typeof(TMessage), wrapped);
    }

    public int Publish<TMessage>(TMessage message)
        where TMessage : notnull
    {
        object[] handlers;
        Action<object>[] observers;
        lock (_gate)
        {
            _subscriptions.RemoveAll(known => !known.IsAlive);
            handlers = _subscriptions.Select(known => known.Target).OfType<object>().ToArray();
            observers = _observers.GetValueOrDefault(typeof(TMessage), []);
        }

        var handled = 0;
        foreach (var handler in handlers.OfType<IHandle<TMessage>>())
        {
            handler.Handle(message);
            handled++;
        }

        foreach (var observer in observers)
        {
            observer(message);
            handled++;
        }

        return handled;
    }

    private void Remove(Type type, Action<object> observer)
    {
        lock (_gate)
        {
            _observers[type] = _observers[type].Where(known => known != observer).ToArray();
        }
    }

    private sealed class Subscription(object handler)
    {
        private readonly WeakReference<object> _handler = new(handler);

        public object? Target => _handler.TryGetTarget(out var target) ? target : null;

        public bool IsAlive => Target is not null;

        public bool IsOf(object other) => ReferenceEquals(Target, other);
    }

    private sealed class Removal(EventAggregator owner, Type type, Action<object> observer) : IDisposable
    {
        private int _removed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _removed, 1) == 0)
            {
                owner.Remove(type, observer);
            }
        }
    }
}
