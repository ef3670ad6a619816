using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Hardening.Camera;

namespace Hardening.Dashboard.State;

/// <summary>
/// What pools tell as metrics alone: how their workers ended, from the start, and how long jobs take, while somebody looks. Then each job costs two calls, and nothing before and after.
/// </summary>
internal sealed class PoolMeters : IDisposable
{
    private const string ExitInstrument = "hardening.process.worker.exit";
    private const string WaitInstrument = "hardening.process.job.wait";
    private const string DurationInstrument = "hardening.process.job.duration";

    private readonly IMeterFactory? _meters;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<(string Pool, string Reason), long> _exits = new();
    private readonly ConcurrentDictionary<(string Pool, bool IsWait), RecentTimes> _times = new();
    private readonly MeterListener _exitListener;
    private readonly Lock _gate = new();
    private MeterListener? _timeListener;
    private int _lookers;

    /// <param name="meters">The host's: what other hosts of the process measure is not heard. Null: all is.</param>
    /// <param name="time">The clock of the windows.</param>
    public PoolMeters(IMeterFactory? meters, TimeProvider time)
    {
        (_meters, _time) = (meters, time);
        _exitListener = Listen(name => name == ExitInstrument);
        _exitListener.SetMeasurementEventCallback<long>((_, count, tags, _) => _exits.AddOrUpdate((Tag(tags, "hardening.pool.name"), Tag(tags, "hardening.exit.reason")), count, (_, before) => before + count));
        _exitListener.Start();
    }

    /// <summary>Somebody looks, or does not any more: as often as the first was said, the second must follow.</summary>
    public void Look(bool looks)
    {
        MeterListener? over = null;
        lock (_gate)
        {
            _lookers += looks ? 1 : -1;
            if (looks && _timeListener is null)
            {
                _timeListener = Listen(name => name is WaitInstrument or DurationInstrument);
                _timeListener.SetMeasurementEventCallback<double>(Record);
                _timeListener.Start();
            }
            else if (_lookers == 0)
            {
                (over, _timeListener) = (_timeListener, null);
            }
        }

        if (over is not null)
        {
            over.Dispose();
            _times.Clear();
        }
    }

    /// <summary>How workers of a pool ended, the most frequent way first.</summary>
    public IReadOnlyList<ExitState> Exits(string pool) =>
        [.. _exits.Where(exit => exit.Key.Pool == pool).Select(exit => new ExitState(exit.Key.Reason, exit.Value)).OrderByDescending(exit => exit.Count).ThenBy(exit => exit.Reason, StringComparer.Ordinal)];

    /// <summary>How long jobs of a pool waited.</summary>
    public LatencySummary? Wait(string pool) => Summary(pool, isWait: true);

    /// <summary>How long jobs of a pool took in all.</summary>
    public LatencySummary? Duration(string pool) => Summary(pool, isWait: false);

    public void Dispose()
    {
        _exitListener.Dispose();
        lock (_gate)
        {
            _timeListener?.Dispose();
        }
    }

    private MeterListener Listen(Func<string, bool> isWanted) => new()
    {
        InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == RuntimeMeter.Name && isWanted(instrument.Name) && (_meters is null || instrument.Meter.Scope is null || instrument.Meter.Scope == _meters))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        },
    };

    private void Record(Instrument instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        _times.GetOrAdd((Tag(tags, "hardening.pool.name"), instrument.Name == WaitInstrument), static (_, time) => new RecentTimes(time), _time).Record(TimeSpan.FromSeconds(seconds));

    private LatencySummary? Summary(string pool, bool isWait) => _times.TryGetValue((pool, isWait), out var times) ? times.Summarize() : null;

    private static string Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var (key, value) in tags)
        {
            if (key == name)
            {
                return value as string ?? "";
            }
        }

        return "";
    }
}
