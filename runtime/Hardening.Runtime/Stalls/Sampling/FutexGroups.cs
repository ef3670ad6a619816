using Hardening.Interop;

namespace Hardening.Stalls.Sampling;

/// <summary>Threads that wait at one address.</summary>
internal sealed record FutexGroup(ulong Address, IReadOnlyList<int> WaiterThreadIds);

/// <summary>
/// Finds native locks that several threads wait for: all of them sleep at the lock's address. Locks of .NET are never among them, for there each thread sleeps at an address of its own.
/// </summary>
internal static class FutexGroups
{
    /// <summary>The addresses at which at least two threads sleep, those with most first.</summary>
    /// <param name="rows">The threads of one deep sample.</param>
    public static IReadOnlyList<FutexGroup> Of(IEnumerable<ThreadSample> rows) =>
    [
        .. rows.Where(row => row.SystemCall - 1 == SystemCalls.Futex)
            .GroupBy(row => row.Argument, row => row.ThreadId)
            .Select(waiters => new FutexGroup(waiters.Key, [.. waiters.Order()]))
            .Where(group => group.WaiterThreadIds.Count > 1)
            .OrderByDescending(group => group.WaiterThreadIds.Count)
            .ThenBy(group => group.Address),
    ];
}
