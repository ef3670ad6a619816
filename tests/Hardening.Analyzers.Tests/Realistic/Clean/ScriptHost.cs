using System;
using System.Collections.Generic;
using System.Threading;

namespace Automation.Scripts
{
    public class Script
    {
        public string Name { get; set; }

        public Action Body { get; set; }

        public TimeSpan Limit { get; set; }
    }

    /// <summary>Runs scripts one after the other, each on a thread of its own with a stack that is large enough.</summary>
    public class ScriptHost
    {
        private const int StackSize = 16 * 1024 * 1024;

        private readonly object _lock = new object();
        private readonly List<string> _log = new List<string>();
        private readonly Queue<Script> _scripts = new Queue<Script>();
        private readonly List<Thread> _abandoned = new List<Thread>();
        private bool _running;

        public void Add(Script script)
        {
            lock (_lock)
            {
                if (_scripts.Count >= 100)
                {
                    throw new InvalidOperationException("Too many scripts wait.");
                }

                _scripts.Enqueue(script);
            }
        }

        public int RunAll()
        {
            lock (_lock)
            {
                if (_running)
                {
                    return 0;
                }

                _running = true;
            }

            int failed = 0;
            try
            {
                for (Script script = Next(); script != null; script = Next())
                {
                    if (!Run(script))
                    {
                        failed++;
                    }
                }
            }
            finally
            {
                lock (_lock)
                {
                    _running = false;
                }
            }

            return failed;
        }

        public string[] Log()
        {
            lock (_lock)
            {
                return _log.ToArray();
            }
        }

        private Script Next()
        {
            lock (_lock)
            {
                return _scripts.Count > 0 ? _scripts.Dequeue() : null;
            }
        }

        private bool Run(Script script)
        {
            Exception failure = null;
            Thread thread = new Thread(
                delegate()
                {
                    try
                    {
                        script.Body();
                    }
                    catch (Exception ex)
                    {
                        failure = ex;
                    }
                },
                StackSize);
            thread.IsBackground = true;
            thread.Start();
            if (!thread.Join(script.Limit))
            {
                Note(script.Name + " did not end and is abandoned");
                lock (_lock)
                {
                    _abandoned.Add(thread);
                }

                return false;
            }

            Note(failure == null ? script.Name + " is done" : script.Name + ": " + failure.Message);
            return failure == null;
        }

        private void Note(string text)
        {
            lock (_lock)
            {
                _log.Add(DateTime.UtcNow.ToString("T") + " " + text);
                if (_log.Count > 1000)
                {
                    _log.RemoveAt(0);
                }
            }
        }
    }
}
