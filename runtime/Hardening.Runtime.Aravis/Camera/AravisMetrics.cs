using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Hardening.Camera;

/// <summary>The instruments of all cameras that share a meter. An instrument lives as long as its meter, so a camera that is opened again must not make new ones.</summary>
internal sealed class AravisMetrics
{
    private static readonly ConditionalWeakTable<Meter, AravisMetrics> PerMeter = [];

    private readonly Lock _gate = new();
    private readonly List<AravisFrameSource> _cameras = [];

    private AravisMetrics(Meter meter)
    {
        Counter("frame.completed", "{frame}", "Frames that the driver completed.", s => s.CompletedFrames);
        Counter("frame.failed", "{frame}", "Frames that the driver gave up, with packets missing.", s => s.FailedFrames);
        Counter("packet.received", "{packet}", "Packets that arrived.", s => s.ReceivedPackets);
        Counter("packet.underrun", "{packet}", "Packets of frames that the driver had no buffer for.", s => s.UnderrunPackets);
        Counter("packet.missing", "{packet}", "Packets missing in failed frames, from the first hole to the end.", s => s.MissingPackets);
        Counter("packet.resend_requested", "{packet}", "Packets asked for again.", s => s.ResendRequests);
        Counter("packet.resent", "{packet}", "Packets that came when asked for again.", s => s.ResentPackets);
        Counter("socket.dropped", "{packet}", "Packets that the kernel dropped, its receive buffer being full.", s => s.KernelDroppedPackets);
        meter.CreateObservableUpDownCounter("hardening.camera.aravis.socket.buffer", () => Each(s => s.ReceiveBufferBytes), "By", "The size of the kernel's receive buffer.");

        void Counter(string name, string unit, string description, Func<AravisStatistics, long> read) =>
            meter.CreateObservableCounter("hardening.camera.aravis." + name, () => Each(read), unit, description);
    }

    public static AravisMetrics Of(Meter meter) => PerMeter.GetValue(meter, static m => new AravisMetrics(m));

    public void Add(AravisFrameSource camera)
    {
        lock (_gate)
        {
            if (!_cameras.Contains(camera))
            {
                _cameras.Add(camera);
            }
        }
    }

    public void Remove(AravisFrameSource camera)
    {
        lock (_gate)
        {
            _cameras.Remove(camera);
        }
    }

    private Measurement<long>[] Each(Func<AravisStatistics, long> read)
    {
        AravisFrameSource[] cameras;
        lock (_gate)
        {
            cameras = [.. _cameras];
        }

        return [.. cameras.Select(camera => new Measurement<long>(read(camera.GetStatistics()), new KeyValuePair<string, object?>("hardening.camera.name", camera.Name)))];
    }
}
