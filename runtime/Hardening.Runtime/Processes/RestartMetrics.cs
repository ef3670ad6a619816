using System.Diagnostics.Metrics;

namespace Hardening.Processes;

internal sealed class RestartMetrics(Meter meter, string name)
{
    private readonly Counter<long> _restart = meter.CreateCounter<long>("hardening.process.restart", "{restart}", "New starts of a process that is kept running, by why its last run ended.");
    private readonly Counter<long> _givenUp = meter.CreateCounter<long>("hardening.process.given_up", "{process}", "Processes that ended too often and are not started again.");

    public void Restarted(ProcessExit? after) => _restart.Add(1, Name, new("hardening.restart.reason", Reason(after)));

    public void GivenUp() => _givenUp.Add(1, Name);

    private KeyValuePair<string, object?> Name => new("hardening.process.name", name);

    private static string Reason(ProcessExit? after) => after switch
    {
        null => "not_started",
        { IsSupervisorLost: true } => "supervisor_lost",
        { Signal: not null } => "signalled",
        { ExitCode: 0 } => "exited",
        _ => "failed",
    };
}
