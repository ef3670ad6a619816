using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Hardening.Camera;

/// <summary>The instruments of all cameras that share a meter. An instrument lives as long as its meter, so a camera that is opened again must not make new ones.</summary>
internal sealed class OpenCvMetrics
{
    private static readonly ConditionalWeakTable<Meter, OpenCvMetrics> PerMeter = [];

    private readonly Lock _gate = new();
    private readonly List<OpenCvFrameSource> _cameras = [];

    private OpenCvMetrics(Meter meter)
    {
        meter.CreateObservableCounter("hardening.camera.opencv.capture.opened", () => Each(s => s.Opened), "{capture}", "Captures that OpenCV opened.");
        meter.CreateObservableCounter("hardening.camera.opencv.capture.abandoned", () => Each(s => s.Abandoned), "{capture}", "Captures that were left to their thread, since a call into OpenCV did not return in time.");
        meter.CreateObservableUpDownCounter("hardening.camera.opencv.capture.hanging", () => Each(s => s.Hanging), "{capture}", "Abandoned captures that have not returned yet.");
        meter.CreateObservableCounter("hardening.camera.opencv.frame.copied", () => Each(s => s.CopiedFrames), "{frame}", "Frames that OpenCV did not write in place.");
    }

    public static OpenCvMetrics Of(Meter meter) => PerMeter.GetValue(meter, static m => new OpenCvMetrics(m));

    public void Add(OpenCvFrameSource camera)
    {
        lock (_gate)
        {
            if (!_cameras.Contains(camera))
            {
                _cameras.Add(camera);
            }
        }
    }

    public void Remove(OpenCvFrameSource camera)
    {
        lock (_gate)
        {
            _cameras.Remove(camera);
        }
    }

    private Measurement<long>[] Each(Func<OpenCvStatistics, long> read)
    {
        OpenCvFrameSource[] cameras;
        lock (_gate)
        {
            cameras = [.. _cameras];
        }

        return [.. cameras.Select(camera => new Measurement<long>(read(camera.GetStatistics()), new KeyValuePair<string, object?>("hardening.camera.name", camera.Name)))];
    }
}
