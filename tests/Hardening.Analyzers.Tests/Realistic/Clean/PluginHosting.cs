using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;

namespace Extensions.Hosting
{
    public sealed class PluginEndedEventArgs : EventArgs
    {
        public PluginEndedEventArgs(string name, int exitCode)
        {
            Name = name;
            ExitCode = exitCode;
        }

        public string Name { get; }

        public int ExitCode { get; }
    }

    /// <summary>A plug-in in its own process. When it ends unasked, it is started again after a while, at most five times.</summary>
    public sealed class PluginHosting : IDisposable
    {
        private const int MostRestarts = 5;

        private readonly object _gate = new object();
        private readonly string _host;
        private readonly string _name;
        private readonly Timer _restart;
        private Process? _process;
        private int _restarts;
        private bool _disposed;

        public PluginHosting(string host, string name)
        {
            _host = host;
            _name = name;
            _restart = new Timer(_ => Start(), null, Timeout.Infinite, Timeout.Infinite);
        }

        public event EventHandler<PluginEndedEventArgs>? Ended;

        public void Start()
        {
            lock (_gate)
            {
                if (_disposed)
                {
                    return;
                }

                _process?.Dispose();
                _process = new Process
                {
                    StartInfo = new ProcessStartInfo(_host, new List<string> { "--plugin", _name }),
                    EnableRaisingEvents = true,
                };
                _process.Exited += OnExited;
                _process.Start();
            }
        }

        public void Dispose()
        {
            Process? process;
            lock (_gate)
            {
                _disposed = true;
                process = _process;
                _process = null;
            }

            _restart.Dispose();
            if (process != null)
            {
                process.Exited -= OnExited;
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                    process.WaitForExit(5_000);
                }

                process.Dispose();
            }
        }

        private void OnExited(object? sender, EventArgs e)
        {
            int exitCode = ((Process)sender!).ExitCode;
            Ended?.Invoke(this, new PluginEndedEventArgs(_name, exitCode));
            lock (_gate)
            {
                if (!_disposed && ++_restarts <= MostRestarts)
                {
                    _restart.Change(TimeSpan.FromSeconds(1 << _restarts), Timeout.InfiniteTimeSpan);
                }
            }
        }
    }
}
