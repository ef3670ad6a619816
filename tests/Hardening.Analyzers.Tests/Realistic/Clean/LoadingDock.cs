using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;

namespace Logistics.Docks
{
    /// <summary>Holds a lock until it is disposed, and complains about those who held it long.</summary>
    public struct TimedLock : IDisposable
    {
        private readonly object _target;
        private readonly long _entered;

        private TimedLock(object target)
        {
            _target = target;
            _entered = Stopwatch.GetTimestamp();
        }

        public static TimedLock Enter(object target, TimeSpan limit)
        {
            if (!Monitor.TryEnter(target, limit))
            {
                throw new TimeoutException("The lock is held for more than " + limit + ".");
            }

            return new TimedLock(target);
        }

        public void Dispose()
        {
            Monitor.Exit(_target);
            if (Stopwatch.GetTimestamp() - _entered > Stopwatch.Frequency)
            {
                Trace.TraceWarning("A lock was held for more than a second.");
            }
        }
    }

    public class Truck
    {
        public string Plate { get; set; }

        public int Pallets { get; set; }
    }

    /// <summary>Trucks wait for a ramp, ramps wait for trucks.</summary>
    public class LoadingDock
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

        private readonly object _gate = new object();
        private readonly LinkedList<Truck> _trucks = new LinkedList<Truck>();
        private readonly bool[] _ramps;
        private int _loaded;

        public LoadingDock(int ramps)
        {
            _ramps = new bool[ramps];
        }

        public int Loaded
        {
            get
            {
                using (TimedLock.Enter(_gate, Patience))
                {
                    return _loaded;
                }
            }
        }

        public void Arrive(Truck truck)
        {
            using (TimedLock.Enter(_gate, Patience))
            {
                _trucks.AddLast(truck);
                Monitor.PulseAll(_gate);
            }
        }

        public Truck Dock(int ramp, TimeSpan patience)
        {
            Stopwatch watch = Stopwatch.StartNew();
            lock (_gate)
            {
                while (_ramps[ramp] || _trucks.Count == 0)
                {
                    if (!Await(patience - watch.Elapsed))
                    {
                        return null;
                    }
                }

                Truck truck = _trucks.First.Value;
                _trucks.RemoveFirst();
                _ramps[ramp] = true;
                return truck;
            }
        }

        public void Leave(int ramp, Truck truck)
        {
            bool taken = false;
            Action count = () => _loaded += truck.Pallets;
            try
            {
                Monitor.TryEnter(_gate, Patience, ref taken);
                if (!taken)
                {
                    throw new TimeoutException();
                }

                _ramps[ramp] = false;
                count();
                Monitor.PulseAll(_gate);
            }
            finally
            {
                if (taken)
                {
                    Monitor.Exit(_gate);
                }
            }
        }

        private bool Await(TimeSpan left)
        {
            return left > TimeSpan.Zero && Monitor.Wait(_gate, left);
        }
    }
}
