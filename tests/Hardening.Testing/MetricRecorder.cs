using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Hardening.Testing;

/// <summary>Keeps what the meter <c>Hardening.Runtime</c> measures, from one pipeline or from all.</summary>
public sealed class MetricRecorder : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<MetricRecord> _records = new();

    public MetricRecorder(string? pipeline = null)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Hardening.Runtime"
                && (pipeline is null || (instrument.Meter.Tags ?? []).Any(tag => tag.Key == "hardening.pipeline.name" && pipeline.Equals(tag.Value))))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(Record);
        _listener.SetMeasurementEventCallback<double>(Record);
        _listener.Start();
    }

    /// <summary>All measurements so far; those that are observed are observed now.</summary>
    public IReadOnlyList<MetricRecord> Collect()
    {
        _listener.RecordObservableInstruments();
        return [.. _records];
    }

    public void Dispose() => _listener.Dispose();

    private void Record<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        where T : struct, IConvertible =>
        _records.Enqueue(new MetricRecord(instrument.Name, instrument.Unit, value.ToDouble(null), tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value)));
}

public sealed record MetricRecord(string Name, string? Unit, double Value, IReadOnlyDictionary<string, object?> Tags);
