using Hardening.Processes.Supervision;
using Microsoft.Extensions.Logging;

namespace Hardening.Processes;

/// <summary>The application's supervised processes as a whole.</summary>
public static class ProcessTree
{
    /// <summary>The containment in effect. Starts the supervisor where none runs yet.</summary>
    /// <exception cref="SupervisorException">The supervisor could not be started.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public static Containment Containment => Supervisor.Connect().Containment;

    /// <summary>A look at the supervisor for health checks and diagnostics. Starts nothing, waits for nothing.</summary>
    public static ProcessTreeStatus Status => Supervisor.Status;

    /// <summary>Sets how the supervisor is started, and where it logs.</summary>
    /// <exception cref="InvalidOperationException">It has been started already, with other options.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public static void Configure(SupervisorOptions options, ILoggerFactory? loggers = null) => Supervisor.Configure(options, loggers);

    /// <summary>Starts the supervisor now, rather than with the first child; it ends what a dead instance of this application left behind (its orphans).</summary>
    /// <exception cref="SupervisorException">The supervisor could not be started.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public static void Start() => Supervisor.Connect();
}

/// <summary>The supervisor and its trees at one moment.</summary>
/// <param name="SupervisorId">The process id of the supervisor; null while none runs.</param>
/// <param name="Containment">The containment in effect; null while no supervisor runs.</param>
/// <param name="IsGuarded">Should the supervisor be killed, its guard or the kernel ends all children.</param>
/// <param name="RunningTrees">Started children that have not ended, with their descendants.</param>
/// <param name="LeftProcesses">Processes that could not be ended, since the application started.</param>
/// <param name="LostSupervisors">How often a supervisor was lost, since the application started.</param>
/// <param name="EndedOrphans">Processes of a dead instance of the application that were ended, since the application started.</param>
public readonly record struct ProcessTreeStatus(
    int? SupervisorId, Containment? Containment, bool IsGuarded, int RunningTrees, long LeftProcesses, long LostSupervisors, long EndedOrphans);
