using Microsoft.Extensions.Logging;

namespace Hardening.Processes;

/// <summary>The application's supervised processes as a whole.</summary>
public static class ProcessTree
{
    /// <summary>The containment in effect. Starts the supervisor where none runs yet.</summary>
    /// <exception cref="SupervisorException">The supervisor could not be started.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public static Containment Containment => throw new NotImplementedException();

    /// <summary>Sets how the supervisor is started, and where it logs.</summary>
    /// <exception cref="InvalidOperationException">It has been started already, with other options.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public static void Configure(SupervisorOptions options, ILoggerFactory? loggers = null) => throw new NotImplementedException();

    /// <summary>Starts the supervisor now, rather than with the first child, and ends what a dead instance of this application left behind (its orphans).</summary>
    public static void Start() => throw new NotImplementedException();

    /// <summary>A look at the supervisor for health checks and diagnostics. Starts nothing.</summary>
    public static ProcessTreeStatus Status => throw new NotImplementedException();
}

/// <summary>The supervisor and its trees at one moment.</summary>
/// <param name="SupervisorId">The process id of the supervisor; null while none runs.</param>
/// <param name="Containment">The containment in effect; null while no supervisor runs.</param>
/// <param name="IsGuarded">A second process ends all children should the supervisor be killed.</param>
/// <param name="RunningTrees">Started children that have not ended, with their descendants.</param>
/// <param name="LeftProcesses">Processes that could not be ended, since the application started.</param>
/// <param name="LostSupervisors">How often a supervisor was lost, since the application started.</param>
/// <param name="EndedOrphans">Processes of a dead instance of the application that were ended, since the application started.</param>
public readonly record struct ProcessTreeStatus(
    int? SupervisorId, Containment? Containment, bool IsGuarded, int RunningTrees, long LeftProcesses, long LostSupervisors, long EndedOrphans);
