using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;

namespace Hosting.Quotas;

public class Quota<TKey>
    where TKey : notnull
{
    protected internal object Gate = new(); // HRD1002
    private readonly Dictionary<TKey, long> _used = [];

    public Quota(long limit) => Limit = limit;

    public long Limit { get; }

    public virtual bool TryTake(TKey key, long amount)
    {
        lock (Gate)
        {
            var used = _used.GetValueOrDefault(key) + amount;
            if (used > Limit)
            {
                return false;
            }

            _used[key] = used;
            return true;
        }
    }

    public void Reset()
    {
        lock (Gate)
        {
            _used.Clear();
        }

        Gate = new object();
    }
}

/// <summary>Quotas of all hosting processes of a machine, kept in a file that a named mutex guards.</summary>
public sealed class QuotaBook(string path) : IDisposable
{
    private readonly Mutex _machine = new(initiallyOwned: false, "Global\\hosting-quota");
    private SpinLock _spin = new(enableThreadOwnerTracking: false);
    private long _reads;
    private long _writes;

    public (long Reads, long Writes) Counters
    {
        get
        {
            var taken = false;
            _spin.Enter(ref taken);
            var counters = (_reads, _writes);
            _spin.Exit();
            return counters;
        }
    }

    public Dictionary<string, long> Load()
    {
        var quotas = new Dictionary<string, long>(StringComparer.Ordinal);
        _machine.WaitOne(); // HRD1009
        foreach (var line in File.ReadAllLines(path))
        {
            var tab = line.IndexOf('\t');
            quotas.Add(line[..tab], long.Parse(line[(tab + 1)..]));
        }

        _machine.ReleaseMutex();
        Interlocked.Increment(ref _reads);
        return quotas;
    }

    public bool Save(IReadOnlyDictionary<string, long> quotas, TimeSpan patience)
    {
        if (!_machine.WaitOne(patience))
        {
            return false;
        }

        try
        {
            using var writer = File.CreateText(path);
            foreach (var (name, limit) in quotas)
            {
                writer.WriteLine($"{name}\t{limit}");
            }

            Interlocked.Increment(ref _writes);
            return true;
        }
        finally
        {
            _machine.ReleaseMutex();
        }
    }

    public void Touch()
    {
        _machine.WaitOne(TimeSpan.FromSeconds(1)); // HRD1010
        try
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        finally
        {
            _machine.ReleaseMutex();
        }
    }

    public void Dispose() => _machine.Dispose();
}
