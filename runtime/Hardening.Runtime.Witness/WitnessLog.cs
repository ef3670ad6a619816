using Microsoft.Extensions.Logging;

namespace Hardening.Stalls;

/// <summary>What is logged of the witness: 2100.</summary>
internal static partial class WitnessLog
{
    [LoggerMessage(2100, LogLevel.Error, "There is no witness: {Problem} Reports of stalls have no stacks by it.")]
    public static partial void NoWitness(this ILogger logger, Exception exception, string problem);

    [LoggerMessage(2101, LogLevel.Information, "Witness {ProcessId} is ready; its first look took {Took} ms.")]
    public static partial void Ready(this ILogger logger, int processId, int took);

    [LoggerMessage(2102, LogLevel.Warning, "The witness cannot look at the threads itself: {Missing}")]
    public static partial void Impaired(this ILogger logger, string missing);

    [LoggerMessage(2103, LogLevel.Warning, "The line to the witness broke, and is opened anew: {Reason}")]
    public static partial void LineBroken(this ILogger logger, string reason);

    [LoggerMessage(2104, LogLevel.Warning, "Witness {ProcessId} has ended; it is started again.")]
    public static partial void WitnessLost(this ILogger logger, int processId);

    [LoggerMessage(2105, LogLevel.Warning, "Process {ProcessId} said to be the witness, and is not: it was refused.")]
    public static partial void StrangerRefused(this ILogger logger, int processId);

    [LoggerMessage(2106, LogLevel.Debug, "Stacks of {Threads} threads were taken in {Took}; the application was held still for {Held}.")]
    public static partial void Captured(this ILogger logger, int threads, TimeSpan took, TimeSpan held);

    [LoggerMessage(2107, LogLevel.Warning, "Stacks are missing: {Missing}")]
    public static partial void StacksMissing(this ILogger logger, string missing);

    [LoggerMessage(2108, LogLevel.Error, "No thread of the application ran for {Silence}; its state was {State}. The witness took the stacks of {Threads} threads meanwhile (file: {WillPath}).")]
    public static partial void WasFrozen(this ILogger logger, TimeSpan silence, char state, int threads, string? willPath);
}
