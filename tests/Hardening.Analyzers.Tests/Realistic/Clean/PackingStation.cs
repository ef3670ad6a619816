using System;
using System.Collections.Generic;
using System.Threading;

namespace Logistics.Packing
{
    public class PackingOrder
    {
        private readonly string _number;
        private readonly int _weight;

        public PackingOrder(string number, int weight)
        {
            _number = number;
            _weight = weight;
        }

        public string Number { get { return _number; } }

        public int Weight { get { return _weight; } }
    }

    /// <summary>Orders wait here for the packers; heavy ones only go to packers with a lift.</summary>
    public class PackingStation
    {
        private readonly object _sync = new object();
        private readonly LinkedList<PackingOrder> _orders = new LinkedList<PackingOrder>();
        private readonly int _capacity;
        private bool _closed;

        public PackingStation(int capacity)
        {
            _capacity = capacity;
        }

        public bool Put(PackingOrder order, TimeSpan patience)
        {
            DateTime until = DateTime.UtcNow + patience;
            lock (_sync)
            {
                while (_orders.Count >= _capacity && !_closed)
                {
                    TimeSpan left = until - DateTime.UtcNow;
                    if (left <= TimeSpan.Zero || !Monitor.Wait(_sync, left))
                    {
                        return false;
                    }
                }

                if (_closed)
                {
                    return false;
                }

                _orders.AddLast(order);
                Monitor.PulseAll(_sync);
                return true;
            }
        }

        public PackingOrder Take(bool hasLift)
        {
            lock (_sync)
            {
                PackingOrder order;
                while (!TryTake(hasLift, out order))
                {
                    if (_closed)
                    {
                        return null;
                    }

                    Monitor.Wait(_sync);
                }

                Monitor.PulseAll(_sync);
                return order;
            }
        }

        public void Close()
        {
            lock (_sync)
            {
                _closed = true;
                Monitor.PulseAll(_sync);
            }
        }

        public int Waiting
        {
            get
            {
                lock (_sync)
                {
                    return _orders.Count;
                }
            }
        }

        private bool TryTake(bool hasLift, out PackingOrder order)
        {
            for (LinkedListNode<PackingOrder> node = _orders.First; node != null; node = node.Next)
            {
                if (hasLift || node.Value.Weight < 20)
                {
                    order = node.Value;
                    _orders.Remove(node);
                    return true;
                }
            }

            order = null;
            return false;
        }
    }
}
