using System.Diagnostics.Metrics;

namespace Hardening.Stalls;

internal sealed class StallMetrics(Meter meter)
{
    private readonly Counter<long> _detected = meter.CreateCounter<long>("hardening.stall.detected", "{stall}", "Heartbeats that fell silent.");
    private readonly Histogram<double> _duration = meter.CreateHistogram<double>("hardening.stall.duration", "s", "How long a heartbeat was silent, once it is back.");
    private readonly Histogram<double> _late = meter.CreateHistogram<double>("hardening.stall.late_wake_up", "s", "How late the watchdog's own thread woke: the process or its host did not run.");

    public void Detected(string heartbeat) => _detected.Add(1, Name(heartbeat));

    public void Ended(string heartbeat, TimeSpan silence) => _duration.Record(silence.TotalSeconds, Name(heartbeat));

    public void WokeLate(TimeSpan late) => _late.Record(late.TotalSeconds);

    private static KeyValuePair<string, object?> Name(string heartbeat) => new("hardening.heartbeat.name", heartbeat);
}
