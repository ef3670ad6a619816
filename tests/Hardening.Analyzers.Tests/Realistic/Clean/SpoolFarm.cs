using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Print.Farm;

public interface ISpoolTarget
{
    void Send(string path);
}

internal sealed class FolderTarget(string folder) : ISpoolTarget
{
    public void Send(string path) => File.Copy(path, Path.Combine(folder, Path.GetFileName(path)), overwrite: true);
}

internal sealed class NullTarget : ISpoolTarget
{
    public void Send(string path)
    {
    }
}

/// <summary>A set of workers; what is decided under the lock is done after it.</summary>
public sealed class SpoolFarm : IDisposable
{
    private readonly object _gate = new();
    private readonly Dictionary<string, ISpoolTarget> _targets = new(StringComparer.OrdinalIgnoreCase);
    private readonly BlockingCollection<Action> _work = new(boundedCapacity: 128);
    private readonly List<Thread> _workers = [];
    private readonly List<Task> _checks = [];
    private readonly Timer _report;
    private readonly string _journal;
    private int _done;

    public SpoolFarm(int workers, string journal)
    {
        _journal = journal;
        for (var i = 0; i < Math.Clamp(workers, 1, 16); i++)
        {
            StartWorker(i);
        }

        _report = Every(TimeSpan.FromMinutes(1), Report);
    }

    public int Done => Volatile.Read(ref _done);

    public void AddFolder(string name, string folder)
    {
        lock (_gate)
        {
            _targets[name] = folder.Length == 0 ? new NullTarget() : new FolderTarget(folder);
            _checks.Add(Task.Run(() => Check(folder)));
        }
    }

    public bool TrySend(string name, string path)
    {
        ISpoolTarget? target;
        Action send;
        lock (_gate)
        {
            if (!_targets.TryGetValue(name, out target))
            {
                return false;
            }

            send = () => Send(target, path);
        }

        return _work.TryAdd(send, TimeSpan.FromMilliseconds(100));
    }

    public void Flush()
    {
        Monitor.Enter(_gate);
        try
        {
            var checks = _checks.ToArray();
            _checks.Clear();
            Monitor.Exit(_gate);
            try
            {
                Task.WaitAll(checks, TimeSpan.FromSeconds(5));
            }
            finally
            {
                Monitor.Enter(_gate);
            }

            _targets.TrimExcess();
        }
        finally
        {
            Monitor.Exit(_gate);
        }
    }

    public void Dispose()
    {
        _report.Dispose();
        _work.CompleteAdding();
        foreach (var worker in _workers)
        {
            worker.Join(TimeSpan.FromSeconds(5));
        }
    }

    private static Timer Every(TimeSpan period, Action action)
    {
        var running = 0;
        return new Timer(
            _ =>
            {
                if (Interlocked.Exchange(ref running, 1) == 0)
                {
                    action();
                    Volatile.Write(ref running, 0);
                }
            },
            null, period, period);
    }

    private void StartWorker(int number)
    {
        var worker = new Thread(Work) { Name = $"spool {number}", IsBackground = true };
        _workers.Add(worker);
        worker.Start();
    }

    private void Work()
    {
        foreach (var action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }

    private void Send(ISpoolTarget target, string path)
    {
        target.Send(path);
        Interlocked.Increment(ref _done);
    }

    private void Report() => File.AppendAllText(_journal, $"{DateTime.UtcNow:O} {Done}\n");

    private static void Check(string folder) => Directory.CreateDirectory(folder);
}
