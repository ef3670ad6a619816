using System.Diagnostics.Metrics;

namespace Hardening.Camera;

/// <summary>The instruments of one pipeline. All but the age are read from the books when somebody collects, so that frames pay nothing for them.</summary>
internal sealed class FramePipelineMetrics
{
    private readonly FrameLedger[] _ledgers;

    public FramePipelineMetrics(Meter meter, FrameLedger[] ledgers)
    {
        _ledgers = ledgers;
        meter.CreateObservableCounter("hardening.camera.frame.received", Received, "{frame}", "Frames that the camera's source produced.");
        meter.CreateObservableCounter("hardening.camera.frame.processed", () => Each(camera => camera.Processed), "{frame}", "Frames that every stage and sink took.");
        meter.CreateObservableCounter("hardening.camera.frame.dropped", Dropped, "{frame}", "Frames given up, by place and reason.");
        meter.CreateObservableCounter("hardening.camera.frame.lost", () => Each(camera => camera.Lost), "{frame}", "Frames lost before the pipeline, told from gaps in the device's numbers.");
        meter.CreateObservableUpDownCounter("hardening.camera.frame.in_flight", () => Each(camera => camera.InFlight), "{frame}", "Frames between the source and their end: a leak shows.");
        meter.CreateObservableCounter("hardening.camera.source.outage", () => Each(camera => camera.Outages), "{outage}", "How often a camera fell silent.");
        meter.CreateObservableCounter("hardening.camera.source.silence", () => Each(camera => camera.SilentTime.TotalSeconds), "s", "How long a camera was silent.");
        meter.CreateObservableCounter("hardening.camera.source.reconnect", Reconnects, "{reconnect}", "How often a camera was opened again with success, by why it was closed: silent, failed.");
        Age = meter.CreateHistogram<double>("hardening.camera.frame.age", "s", "The time from a frame's arrival at the host until a sink has taken it.");
    }

    public Histogram<double> Age { get; }

    private IEnumerable<Measurement<long>> Received() =>
        from camera in Snapshots()
        from measurement in new[]
        {
            new Measurement<long>(camera.Received - camera.ReceivedIncomplete, Name(camera), new("hardening.frame.status", "complete")),
            new Measurement<long>(camera.ReceivedIncomplete, Name(camera), new("hardening.frame.status", "incomplete")),
        }
        select measurement;

    private IEnumerable<Measurement<long>> Dropped() =>
        from camera in Snapshots()
        from drop in camera.Drops
        select new Measurement<long>(drop.Count, Name(camera), new("hardening.drop.edge", drop.Edge), new("hardening.drop.reason", FrameDropReasons.ToMetricValue(drop.Reason)));

    private IEnumerable<Measurement<long>> Reconnects() =>
        from camera in Snapshots()
        from measurement in new[]
        {
            new Measurement<long>(camera.ReconnectsOfSilent, Name(camera), new("hardening.reconnect.reason", "silent")),
            new Measurement<long>(camera.Reconnects - camera.ReconnectsOfSilent, Name(camera), new("hardening.reconnect.reason", "failed")),
        }
        select measurement;

    private IEnumerable<Measurement<T>> Each<T>(Func<CameraStatistics, T> read)
        where T : struct => Snapshots().Select(camera => new Measurement<T>(read(camera), Name(camera)));

    private IEnumerable<CameraStatistics> Snapshots() => _ledgers.Select(ledger => ledger.Snapshot());

    private static KeyValuePair<string, object?> Name(CameraStatistics camera) => new("hardening.camera.name", camera.Camera);
}
