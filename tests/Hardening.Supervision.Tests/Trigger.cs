namespace Hardening.Supervision.Tests;

/// <summary>What makes children superfluous.</summary>
public enum Trigger
{
    StopAsync,
    CancelledWait,
    Dispose,
    OwnerReturns,
    OwnerThrows,
    OwnerTerminated,
    OwnerKilled,
    SupervisorKilled,
    OwnerAndSupervisorKilled,
    EveryoneKilled,
}
