using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;

namespace Plant.Conveyors
{
    public interface IConveyor
    {
        bool IsRunning { get; }

        void Start();

        void Stop();

        int TakeParts();
    }

    /// <summary>A console service: its foreground thread ends when it is asked to, and the process with it.</summary>
    public class ConveyorService
    {
        private readonly IList<IConveyor> _conveyors;
        private readonly ManualResetEvent _stop = new ManualResetEvent(false);
        private readonly ManualResetEventSlim _paused = new ManualResetEventSlim(true);
        private readonly Thread _thread;
        private volatile bool _quit;
        private long _parts;

        public ConveyorService(IList<IConveyor> conveyors)
        {
            _conveyors = conveyors;
            _thread = new Thread(Run);
            _thread.Name = "conveyors";
        }

        public long Parts
        {
            get { return Interlocked.Read(ref _parts); }
        }

        public void Start()
        {
            _thread.Start();
        }

        public void Pause()
        {
            _paused.Reset();
        }

        public void Continue()
        {
            _paused.Set();
        }

        public bool Stop(TimeSpan limit)
        {
            _quit = true;
            _stop.Set();
            _paused.Set();
            if (_thread.Join(limit))
            {
                return true;
            }

            _thread.Interrupt();
            return _thread.Join(limit);
        }

        private void Run()
        {
            try
            {
                StartAll();
                while (!_quit)
                {
                    _paused.Wait();
                    foreach (IConveyor conveyor in _conveyors)
                    {
                        Interlocked.Add(ref _parts, conveyor.TakeParts());
                    }

                    _stop.WaitOne(200);
                }
            }
            catch (ThreadInterruptedException)
            {
                Trace.TraceWarning("The conveyors had to be interrupted.");
            }
            finally
            {
                StopAll();
            }
        }

        private void StartAll()
        {
            foreach (IConveyor conveyor in _conveyors)
            {
                conveyor.Start();
                if (!SpinWait.SpinUntil(() => conveyor.IsRunning, TimeSpan.FromMilliseconds(50)))
                {
                    Thread.Sleep(500);
                }
            }
        }

        private void StopAll()
        {
            foreach (IConveyor conveyor in _conveyors)
            {
                conveyor.Stop();
            }

            Stopwatch watch = Stopwatch.StartNew();
            foreach (IConveyor conveyor in _conveyors)
            {
                while (conveyor.IsRunning && watch.ElapsedMilliseconds < 5000)
                {
                    Thread.Sleep(50);
                }
            }
        }
    }
}
