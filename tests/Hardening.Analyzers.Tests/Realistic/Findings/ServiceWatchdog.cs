using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.ServiceProcess;
using System.Threading;

namespace Plant.Watchdog
{
    /// <summary>A service that watches whether the recipe server of the line is there and starts it when it is not.</summary>
    public class WatchdogService : ServiceBase
    {
        private readonly string _server;
        private readonly ManualResetEvent _stopping = new ManualResetEvent(false);
        private Thread? _watch;
        private Process? _child;

        public WatchdogService(string server)
        {
            ServiceName = "Recipe watchdog";
            _server = server;
        }

        protected override void OnStart(string[] args)
        {
            _child = Process.Start(_server, new[] { "--service" }); // HRD3002
            _watch = new Thread(Watch) { IsBackground = true };
            _watch.Start();
        }

        protected override void OnStop()
        {
            _stopping.Set();
            _watch?.Join(TimeSpan.FromSeconds(10));
        }

        private void Watch()
        {
            while (!_stopping.WaitOne(TimeSpan.FromSeconds(5)))
            {
                if (_child is { HasExited: true } || Process.GetProcessesByName("recipe-server").Length == 0) // HRD3001
                {
                    Trace.TraceError("The recipe server is gone.");
                }
            }
        }
    }

    public class BackupWatch
    {
        private readonly string _journal;

        public BackupWatch(string journal)
        {
            _journal = journal;
        }

        public event Action<string>? Finished;

        public void Begin(string script)
        {
            var backup = new Process { StartInfo = new ProcessStartInfo(script) };
            backup.Exited += (sender, e) => // HRD3010
            {
                File.AppendAllText(_journal, "backup ended\n");
                Finished?.Invoke(script);
                backup.Dispose();
            };
            backup.Start();
        }

        public void Stop(Process backup)
        {
            if (!backup.HasExited)
            {
                backup.CloseMainWindow(); // HRD3008
            }
        }

        public string[] Last(int count)
        {
            return File.ReadLines(_journal).Reverse().Take(count).ToArray();
        }
    }

    public static class Program
    {
        public static void Main(string[] args)
        {
            ServiceBase.Run(new WatchdogService(args.Length > 0 ? args[0] : "recipe-server"));
        }
    }
}
