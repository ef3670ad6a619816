using System.Diagnostics.Tracing;

namespace Hardening.Stalls.Sampling;

/// <summary>Reads the runtime's event ContentionStart.</summary>
internal static class LockWaitEvent
{
    /// <returns>Null when the event does not say which lock it is.</returns>
    public static LockWait? Read(EventWrittenEventArgs heard, EventClock clock) =>
        heard.Payload is [_, _, var lockId, var objectId, var owner, ..] && Number(lockId) is var id and not 0
            ? new LockWait(id, Number(objectId), (int)Number(owner), (int)heard.OSThreadId, clock.When(heard.TimeStamp), End: 0)
            : null;

    private static ulong Number(object? value) => value switch
    {
        ulong number => number,
        nint address => (ulong)address,
        _ => 0,
    };
}
