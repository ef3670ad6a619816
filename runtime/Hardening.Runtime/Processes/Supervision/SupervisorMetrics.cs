using System.Diagnostics.Metrics;

namespace Hardening.Processes.Supervision;

internal sealed class SupervisorMetrics(Meter meter)
{
    private readonly Counter<long> _lost = meter.CreateCounter<long>("hardening.process.supervisor.lost", "{supervisor}", "Supervisors that were killed; their children are ended.");
    private readonly Counter<long> _orphans = meter.CreateCounter<long>("hardening.process.orphan.ended", "{process}", "Processes of a dead instance of the application that were ended.");

    public void SupervisorLost() => _lost.Add(1);

    public void OrphansEnded(int count) => _orphans.Add(count);
}
