using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;

namespace Hospital.Monitoring
{
    public interface IBedsideDevice
    {
        string Bed { get; }

        int ReadPulse(int timeoutMilliseconds);
    }

    /// <summary>One thread for each bedside device of the ward, from Start to Stop.</summary>
    public sealed class PatientMonitor : IDisposable
    {
        private readonly IReadOnlyList<IBedsideDevice> _devices;
        private readonly List<Thread> _threads = new List<Thread>();
        private readonly ConcurrentDictionary<string, int> _pulses = new ConcurrentDictionary<string, int>();
        private readonly ManualResetEventSlim _stop = new ManualResetEventSlim();
        private readonly Timer _alarms;
        private SpinLock _spin = new SpinLock(false);
        private long _readings;
        private long _sum;

        public PatientMonitor(IReadOnlyList<IBedsideDevice> devices)
        {
            _devices = devices;
            _alarms = new Timer(CheckAlarms, null, Timeout.Infinite, Timeout.Infinite);
        }

        public event EventHandler<string> Alarm;

        public double Mean
        {
            get
            {
                bool taken = false;
                try
                {
                    _spin.Enter(ref taken);
                    return _readings == 0 ? 0 : (double)_sum / _readings;
                }
                finally
                {
                    if (taken)
                    {
                        _spin.Exit(false);
                    }
                }
            }
        }

        public void Start()
        {
            foreach (IBedsideDevice device in _devices)
            {
                Thread thread = new Thread(() => Run(device));
                thread.Name = "bed " + device.Bed;
                thread.IsBackground = true;
                _threads.Add(thread);
                thread.Start();
            }

            _alarms.Change(1000, Timeout.Infinite);
        }

        public void Stop()
        {
            _stop.Set();
            foreach (Thread thread in _threads)
            {
                thread.Join(TimeSpan.FromSeconds(2));
            }

            _threads.Clear();
        }

        public void Dispose()
        {
            Stop();
            _alarms.Dispose();
            _stop.Dispose();
        }

        private void Run(IBedsideDevice device)
        {
            while (!_stop.IsSet)
            {
                int pulse;
                try
                {
                    pulse = device.ReadPulse(500);
                }
                catch (TimeoutException)
                {
                    _pulses.TryRemove(device.Bed, out _);
                    _stop.Wait(100);
                    continue;
                }

                _pulses[device.Bed] = pulse;
                Count(pulse);
            }
        }

        private void Count(int pulse)
        {
            bool taken = false;
            try
            {
                _spin.Enter(ref taken);
                _readings++;
                _sum += pulse;
            }
            finally
            {
                if (taken)
                {
                    _spin.Exit(false);
                }
            }
        }

        private void CheckAlarms(object state)
        {
            foreach (KeyValuePair<string, int> pair in _pulses)
            {
                if (pair.Value < 40 || pair.Value > 160)
                {
                    EventHandler<string> alarm = Alarm;
                    if (alarm != null)
                    {
                        alarm(this, pair.Key);
                    }
                }
            }

            if (!_stop.IsSet)
            {
                _alarms.Change(1000, Timeout.Infinite);
            }
        }
    }
}
