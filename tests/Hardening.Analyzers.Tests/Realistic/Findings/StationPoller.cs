using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Meteo.Stations;

public interface IStation
{
    string Name { get; }

    double ReadTemperature();
}

public sealed class StationPoller : IDisposable
{
    private readonly IReadOnlyList<IStation> _stations;
    private readonly CancellationTokenSource _stop = new();
    private readonly Semaphore _bus = new(2, 2);
    private readonly ReaderWriterLockSlim _lock = new();
    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);
    private Task? _polling;
    private int _rounds;

    public StationPoller(IReadOnlyList<IStation> stations) => _stations = stations;

    public event EventHandler<string>? Frost;

    public int Rounds => Volatile.Read(ref _rounds);

    public void Start()
    {
        _polling = Task.Run(() =>
        {
            while (!_stop.IsCancellationRequested)
            {
                Poll();
                Thread.Sleep(5_000); // HRD2008
            }
        });
        _polling.ContinueWith(_ => Thread.Sleep(100), TaskScheduler.Default); // HRD2008
        var report = new System.Timers.Timer(60_000); // HRD2012
        report.Elapsed += (_, _) => Interlocked.Exchange(ref _rounds, 0);
        report.Start();
    }

    public double? Last(string name)
    {
        _lock.EnterReadLock();
        try
        {
            return _values.TryGetValue(name, out var value) ? value : Estimate(name); // HRD1012
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _bus.Dispose();
        _lock.Dispose();
    }

    private void Poll()
    {
        foreach (var station in _stations)
        {
            _bus.WaitOne(); // HRD1011
            var value = station.ReadTemperature();
            _bus.Release();
            Store(station.Name, value);
        }

        Interlocked.Increment(ref _rounds);
    }

    private void Store(string name, double value)
    {
        _lock.EnterWriteLock();
        try
        {
            _values[name] = value;
            if (value < 0)
            {
                Frost?.Invoke(this, name); // HRD1005
            }
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    public void Forget(string name)
    {
        _lock.TryEnterWriteLock(1_000); // HRD1010
        _values.Remove(name);
        _lock.ExitWriteLock();
    }

    private double Estimate(string name)
    {
        var sum = 0.0;
        foreach (var value in _values.Values)
        {
            sum += value;
        }

        var mean = _values.Count == 0 ? 0 : sum / _values.Count;
        _lock.EnterWriteLock();
        try
        {
            return _values[name] = mean;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }
}
