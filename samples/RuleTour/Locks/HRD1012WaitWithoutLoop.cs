namespace RuleTour.Locks;

/// <summary>A queue of orders for several workers. Two are woken, one takes the order, and the other takes from an empty queue.</summary>
internal sealed class OrderQueue
{
    private readonly object _gate = new();
    private readonly Queue<string> _orders = new();

    public void Add(string order)
    {
        lock (_gate)
        {
            _orders.Enqueue(order);
            Monitor.PulseAll(_gate);
        }
    }

    public string Take()
    {
        lock (_gate)
        {
            if (_orders.Count == 0)
            {
                Monitor.Wait(_gate); // HRD1012
            }

            return _orders.Dequeue();
        }
    }
}
