using System.Diagnostics.Metrics;

namespace Hardening.Processes;

/// <summary>The instruments of all supervised processes of an application, or of one host.</summary>
internal sealed class ProcessMetrics(Meter meter)
{
    private readonly Counter<long> _started = meter.CreateCounter<long>("hardening.process.child.started", "{process}", "Supervised processes that were started.");
    private readonly UpDownCounter<long> _active = meter.CreateUpDownCounter<long>("hardening.process.child.active", "{process}", "Supervised processes that have not exited.");
    private readonly Counter<long> _exited = meter.CreateCounter<long>("hardening.process.child.exited", "{process}", "Supervised processes that ended, by reason: exited, signalled, stopped (in time), killed, lost (with the supervisor).");
    private readonly Histogram<double> _duration = meter.CreateHistogram<double>("hardening.process.child.duration", "s", "How long a supervised process ran.");
    private readonly Histogram<double> _startDuration = meter.CreateHistogram<double>("hardening.process.start.duration", "s", "How long a start took, without the wait for a place.");
    private readonly Histogram<double> _stopDuration = meter.CreateHistogram<double>("hardening.process.stop.duration", "s", "From the request to stop until no process of the tree was left.");
    private readonly Counter<long> _cut = meter.CreateCounter<long>("hardening.process.output.cut", "By", "Output that was dropped because nobody read it, by stream.");
    private readonly UpDownCounter<long> _waiting = meter.CreateUpDownCounter<long>("hardening.process.gate.waiting", "{process}", "Starts that wait for a place.");
    private readonly Counter<long> _left = meter.CreateCounter<long>("hardening.process.left", "{process}", "Processes that could not be ended: another user's, or stuck in the kernel.");

    /// <summary>Those of all processes that are not given a host's.</summary>
    public static ProcessMetrics Shared { get; } = new(RuntimeMeter.Create(null));

    public void Started(string process, TimeSpan duration)
    {
        _started.Add(1, Name(process));
        _active.Add(1, Name(process));
        _startDuration.Record(duration.TotalSeconds, Name(process));
    }

    public void Exited(string process, string reason, TimeSpan duration)
    {
        _exited.Add(1, Name(process), new("hardening.exit.reason", reason));
        _active.Add(-1, Name(process));
        _duration.Record(duration.TotalSeconds, Name(process));
    }

    public void Stopped(string process, TimeSpan duration) => _stopDuration.Record(duration.TotalSeconds, Name(process));

    public void Cut(string process, string stream, long bytes) => _cut.Add(bytes, Name(process), new("hardening.process.stream", stream));

    public void Waiting(string process, int change) => _waiting.Add(change, Name(process));

    public void Left(string process, int count) => _left.Add(count, Name(process));

    private static KeyValuePair<string, object?> Name(string process) => new("hardening.process.name", process);
}
