using System.Diagnostics.Metrics;

namespace Hardening.Stalls;

internal sealed class WitnessMetrics(Meter meter)
{
    private readonly Histogram<double> _duration = meter.CreateHistogram<double>("hardening.stall.witness.capture.duration", "s", "How long the witness took for the stacks of all threads.");
    private readonly Histogram<double> _hold = meter.CreateHistogram<double>("hardening.stall.witness.hold", "s", "How long the application was held still for it.");
    private readonly Counter<long> _missing = meter.CreateCounter<long>("hardening.stall.witness.missing", "{capture}", "Requests for stacks that were not met, or not in full.");
    private readonly Histogram<double> _frozen = meter.CreateHistogram<double>("hardening.stall.witness.frozen", "s", "How long the witness saw no thread of the application run.");

    public void Captured(TimeSpan took, TimeSpan held, string source)
    {
        _duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("hardening.stall.witness.source", source));
        _hold.Record(held.TotalSeconds);
    }

    public void Missed() => _missing.Add(1);

    public void Frozen(TimeSpan silence) => _frozen.Record(silence.TotalSeconds);
}
