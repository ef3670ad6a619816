using System;
using System.Collections;
using System.Collections.Generic;
using System.Threading;

namespace Batch.Legacy
{
    public delegate void JobHandler(string argument);

    public class Job
    {
        public string Name;
        public JobHandler Handler;
        public TimeSpan Limit = TimeSpan.FromMinutes(10);
        public DateTime NextRun;
        public TimeSpan Every;
    }

    /// <summary>Came from the 2006 system; the nightly jobs still run in it.</summary>
    public class LegacyJobScheduler
    {
        private readonly ArrayList _jobs = new ArrayList();
        private Thread _clock;
        private Thread _worker;
        private Job _current;
        private DateTime _started;

        public void Add(Job job)
        {
            lock (_jobs.SyncRoot)
            {
                _jobs.Add(job);
            }
        }

        public void Start()
        {
            lock ("LegacyJobScheduler") // HRD1001
            {
                if (_clock != null)
                {
                    return;
                }

                _clock = new Thread(new ThreadStart(Clock)); // HRD2013
                _clock.Start();
            }
        }

        public string Current
        {
            get { return _current == null ? "" : _current.Name; }
        }

        private void Clock()
        {
            for (;;)
            {
                Watch();
                Job due = NextDue();
                if (due != null && _current == null)
                {
                    Launch(due);
                }

                Thread.Sleep(1000);
            }
        }

        private Job NextDue()
        {
            DateTime now = DateTime.Now;
            lock (_jobs.SyncRoot)
            {
                foreach (Job job in _jobs)
                {
                    if (job.NextRun <= now)
                    {
                        job.NextRun = now + job.Every;
                        return job;
                    }
                }
            }

            return null;
        }

        private void Launch(Job job)
        {
            _current = job;
            _started = DateTime.Now;
            _worker = new Thread(Execute);
            _worker.IsBackground = true;
            _worker.Start(job);
        }

        private void Watch()
        {
            if (_current == null || DateTime.Now - _started < _current.Limit)
            {
                return;
            }

            _worker.Abort(); // HRD2014
            _current = null;
        }

        private void Execute(object state)
        {
            Job job = (Job)state;
            try
            {
                job.Handler(job.Name);
            }
            catch (ThreadAbortException)
            {
                Thread.ResetAbort();
            }
            finally
            {
                _current = null;
            }
        }
    }
}
