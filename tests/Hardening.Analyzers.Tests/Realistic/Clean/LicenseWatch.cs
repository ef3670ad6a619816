using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Licensing;

public sealed record License(string Product, DateTimeOffset Until);

/// <summary>Timers of all kinds, each with an owner.</summary>
public sealed class LicenseWatch : IDisposable
{
    private static readonly Timer s_heartbeat = new(static _ => Interlocked.Increment(ref s_beats), null, 1_000, 1_000);
    private static long s_beats;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Timer> _expirations = new(StringComparer.Ordinal);
    private readonly List<IDisposable> _owned = [];
    private readonly string _folder;

    public LicenseWatch(string folder, TimeSpan every)
    {
        _folder = folder;
        var scan = new Timer(_ => Touch(), null, every, Timeout.InfiniteTimeSpan);
        _owned.Add(scan);
    }

    public event EventHandler<string>? Expired;

    public static long Beats => Interlocked.Read(ref s_beats);

    public void Watch(License license)
    {
        var left = license.Until - DateTimeOffset.UtcNow;
        var timer = new Timer(OnExpired, license.Product, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Timer? old;
        lock (_gate)
        {
            _expirations.Remove(license.Product, out old);
            _expirations.Add(license.Product, timer);
        }

        old?.Dispose();
        timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public async Task<bool> WaitForFileAsync(string name, TimeSpan patience, CancellationToken token)
    {
        var path = Path.Combine(_folder, name);
        using var limit = new CancellationTokenSource(patience);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, limit.Token);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        try
        {
            while (!File.Exists(path))
            {
                await timer.WaitForNextTickAsync(either.Token);
            }

            return true;
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return false;
        }
    }

    public static void Later(TimeSpan after, Action action)
    {
        Timer? timer = null;
        timer = new Timer(
            _ =>
            {
                timer!.Dispose();
                action();
            },
            null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(after, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        Timer[] timers;
        lock (_gate)
        {
            timers = [.. _expirations.Values];
            _expirations.Clear();
        }

        Array.ForEach(timers, static timer => timer.Dispose());
        _owned.ForEach(static owned => owned.Dispose());
    }

    private void OnExpired(object? state)
    {
        var product = (string)state!;
        lock (_gate)
        {
            if (!_expirations.Remove(product))
            {
                return;
            }
        }

        Expired?.Invoke(this, product);
    }

    private void Touch() => File.SetLastWriteTimeUtc(Path.Combine(_folder, "watch"), DateTime.UtcNow);
}
