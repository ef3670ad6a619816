using System;
using System.Collections.Generic;

namespace Warehouse;

/// <summary>What is on the shelves.</summary>
public sealed class StockBook
{
    public readonly object SyncRoot = new(); // HRD1002
    private readonly Dictionary<string, int> _onHand = [];
    private ReservationBook? _reservations;

    public void Attach(ReservationBook reservations) => _reservations = reservations;

    public int OnHand(string sku)
    {
        lock (SyncRoot)
        {
            return _onHand.GetValueOrDefault(sku);
        }
    }

    public void Receive(string sku, int quantity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(quantity);
        lock (SyncRoot)
        {
            _onHand[sku] = _onHand.GetValueOrDefault(sku) + quantity;
            _reservations?.FillWaiting(sku, quantity);
        }
    }

    public bool TryTake(string sku, int quantity)
    {
        lock (SyncRoot)
        {
            var left = _onHand.GetValueOrDefault(sku) - quantity;
            if (left < 0)
            {
                return false;
            }

            _onHand[sku] = left;
            return true;
        }
    }
}

// === ReservationBook.cs ===
using System;
using System.Collections.Generic;

namespace Warehouse;

/// <summary>Who waits for what.</summary>
public sealed class ReservationBook(StockBook stock)
{
    private readonly object _gate = new();
    private readonly Dictionary<string, Queue<Reservation>> _waiting = [];
    private readonly List<Reservation> _confirmed = [];

    public Guid Reserve(string sku, int quantity, string customer)
    {
        var reservation = new Reservation(Guid.NewGuid(), sku, quantity, customer);
        lock (_gate)
        {
            if (Confirm(reservation)) // HRD1008
            {
                return reservation.Id;
            }

            if (!_waiting.TryGetValue(sku, out var queue))
            {
                _waiting.Add(sku, queue = new Queue<Reservation>());
            }

            queue.Enqueue(reservation);
            return reservation.Id;
        }
    }

    public int Waiting(string sku)
    {
        lock (_gate)
        {
            return _waiting.TryGetValue(sku, out var queue) ? queue.Count : 0;
        }
    }

    internal void FillWaiting(string sku, int quantity)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(sku, out var queue))
            {
                return;
            }

            while (queue.TryPeek(out var next) && next.Quantity <= quantity)
            {
                quantity -= next.Quantity;
                _confirmed.Add(queue.Dequeue());
            }
        }
    }

    private bool Confirm(Reservation reservation)
    {
        if (!stock.TryTake(reservation.Sku, reservation.Quantity))
        {
            return false;
        }

        _confirmed.Add(reservation);
        return true;
    }
}

public sealed record Reservation(Guid Id, string Sku, int Quantity, string Customer);
