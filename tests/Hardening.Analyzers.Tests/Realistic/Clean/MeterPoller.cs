using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Threading;

namespace Energy.Metering
{
    public interface IMeter
    {
        string Serial { get; }

        double ReadKilowattHours();
    }

    public class MeterReading
    {
        public string Serial { get; set; }

        public double Value { get; set; }

        public DateTime At { get; set; }
    }

    /// <summary>Reads all meters of a building on a timer; a round that takes longer than the period skips the next ones.</summary>
    public class MeterPoller : IDisposable
    {
        private readonly IList<IMeter> _meters;
        private readonly Dictionary<string, MeterReading> _last = new Dictionary<string, MeterReading>();
        private readonly object _lastLock = new object();
        private readonly Timer _timer;
        private int _polling;
        private int _skipped;

        public MeterPoller(IList<IMeter> meters, TimeSpan period)
        {
            _meters = meters;
            _timer = new Timer(OnTimer, null, period, period);
        }

        public event EventHandler RoundFinished;

        public int Skipped
        {
            get { return Thread.VolatileRead(ref _skipped); }
        }

        public MeterReading Last(string serial)
        {
            lock (_lastLock)
            {
                MeterReading reading;
                return _last.TryGetValue(serial, out reading) ? reading : null;
            }
        }

        public void Dispose()
        {
            _timer.Dispose();
        }

        private void OnTimer(object state)
        {
            if (Interlocked.CompareExchange(ref _polling, 1, 0) != 0)
            {
                Interlocked.Increment(ref _skipped);
                return;
            }

            try
            {
                PollAll();
            }
            finally
            {
                Interlocked.Exchange(ref _polling, 0);
            }

            EventHandler handler = RoundFinished;
            if (handler != null)
            {
                handler(this, EventArgs.Empty);
            }
        }

        private void PollAll()
        {
            foreach (IMeter meter in _meters)
            {
                try
                {
                    double value = meter.ReadKilowattHours();
                    Store(new MeterReading { Serial = meter.Serial, Value = value, At = DateTime.UtcNow });
                }
                catch (SocketException)
                {
                    Forget(meter.Serial);
                }
            }
        }

        private void Store(MeterReading reading)
        {
            lock (_lastLock)
            {
                _last[reading.Serial] = reading;
            }
        }

        private void Forget(string serial)
        {
            lock (_lastLock)
            {
                _last.Remove(serial);
            }
        }
    }
}
