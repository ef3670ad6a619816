using System.Diagnostics.Metrics;

namespace Hardening.Camera.Recording;

/// <summary>The instruments of one sink, read from its books when somebody collects.</summary>
internal sealed class RecordingMetrics
{
    private readonly string _sink;
    private readonly Func<IReadOnlyList<RecordedCamera>> _read;

    public RecordingMetrics(Meter meter, string sink, Func<IReadOnlyList<RecordedCamera>> read)
    {
        (_sink, _read) = (sink, read);
        meter.CreateObservableCounter("hardening.camera.recording.written", () => Each(camera => camera.Written), "{frame}", "Frames that were written to recordings.");
        meter.CreateObservableCounter("hardening.camera.recording.dropped", Dropped, "{frame}", "Frames that were not recorded, by reason.");
        meter.CreateObservableCounter("hardening.camera.recording.bytes", () => Each(camera => camera.Bytes), "By", "Bytes of frames that were written to recordings.");
        meter.CreateObservableCounter("hardening.camera.recording.errors", () => Each(camera => camera.Errors), "{error}", "How often the disk refused.");
    }

    private IEnumerable<Measurement<long>> Dropped() =>
        from camera in _read()
        from drop in camera.Drops
        select new Measurement<long>(drop.Count, Camera(camera), Sink, new("hardening.drop.reason", ToMetricValue(drop.Reason)));

    private IEnumerable<Measurement<long>> Each(Func<RecordedCamera, long> value) =>
        _read().Select(camera => new Measurement<long>(value(camera), Camera(camera), Sink));

    private KeyValuePair<string, object?> Sink => new("hardening.sink.name", _sink);

    private static KeyValuePair<string, object?> Camera(RecordedCamera camera) => new("hardening.camera.name", camera.Camera);

    private static string ToMetricValue(RecordingDropReason reason) => reason switch
    {
        RecordingDropReason.QueueFull => "queue_full",
        RecordingDropReason.DiskFull => "disk_full",
        RecordingDropReason.WriteFailed => "write_failed",
        RecordingDropReason.Stopping => "stopping",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
