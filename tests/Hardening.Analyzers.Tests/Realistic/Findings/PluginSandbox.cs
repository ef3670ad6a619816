using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;

namespace Extensions.Sandbox
{
    public interface IPluginLog
    {
        void Write(string plugin, string text);
    }

    /// <summary>Runs one plug-in in a process of its own and starts it again when it ends.</summary>
    public sealed class PluginSandbox : IDisposable
    {
        private readonly IPluginLog _log;
        private readonly string _host;
        private readonly string _plugin;
        private readonly CancellationTokenSource _stop = new CancellationTokenSource();
        private readonly object _gate = new object();
        private Thread? _loop;
        private Process? _current;

        public PluginSandbox(string host, string plugin, IPluginLog log)
        {
            _host = host;
            _plugin = plugin;
            _log = log;
        }

        public void Start()
        {
            _loop = new Thread(Loop) { IsBackground = true, Name = "plugin " + _plugin };
            _loop.Start();
        }

        public void Unload(string shadowCopy)
        {
            Process? current;
            lock (_gate)
            {
                current = _current;
                _current = null;
            }

            if (current != null)
            {
                current.Kill(entireProcessTree: true);
                File.Delete(shadowCopy); // HRD3009
            }
        }

        public void Dispose()
        {
            _stop.Cancel();
            lock (_gate)
            {
                if (_current != null && !_current.HasExited)
                {
                    _current.Kill(entireProcessTree: true);
                }
            }

            if (_loop == null || _loop.Join(TimeSpan.FromSeconds(5)))
            {
                _stop.Dispose();
            }
        }

        private void Loop()
        {
            while (!_stop.IsCancellationRequested)
            {
                using (Process plugin = Process.Start(_host, new List<string> { "--plugin", _plugin })) // HRD3011
                {
                    lock (_gate)
                    {
                        _current = plugin;
                    }

                    plugin.WaitForExit();
                    _log.Write(_plugin, "ended with " + plugin.ExitCode);
                }
            }
        }
    }
}
