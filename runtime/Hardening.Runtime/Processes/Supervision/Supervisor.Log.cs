using Microsoft.Extensions.Logging;

namespace Hardening.Processes.Supervision;

/// <summary>What is logged of the supervisor: 3200.</summary>
internal static partial class SupervisorLog
{
    [LoggerMessage(3200, LogLevel.Information, "The supervisor of child processes runs as process {SupervisorId}; containment: {Containment}.")]
    public static partial void Started(this ILogger logger, int supervisorId, Containment containment);

    [LoggerMessage(3201, LogLevel.Warning, "There is no /bin/sh to guard supervisor {SupervisorId}: should it be killed, its children are ended only when a new one starts.")]
    public static partial void NotGuarded(this ILogger logger, int supervisorId);

    [LoggerMessage(3202, LogLevel.Warning, "Supervisor {SupervisorId} may not set RLIMIT_LOCKS, by which descendants are found again: a daemon that leaves its tree is ended only with the application, and not at all should the supervisor be killed. Leave that limit unlimited.")]
    public static partial void NotBranded(this ILogger logger, int supervisorId);

    [LoggerMessage(3203, LogLevel.Error, "Supervisor {SupervisorId} was lost; its children are ended. The next start brings up a new one.")]
    public static partial void SupervisorLost(this ILogger logger, int supervisorId);

    [LoggerMessage(3204, LogLevel.Warning, "{Ended} processes that a dead instance of this application had left were ended; {Left} could not be.")]
    public static partial void OrphansEnded(this ILogger logger, int ended, int left);
}
