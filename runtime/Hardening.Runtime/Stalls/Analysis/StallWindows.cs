using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Analysis;

/// <summary>Cuts what was measured to the stall of each activity.</summary>
internal static class StallWindows
{
    private const long Before = 10_000_000_000; // ns: what is normal shows in the 10 s before
    private const int MaxWindows = 8; // of an incident: what holds for eight activities holds for more

    public static IReadOnlyList<StallWindow> Of(
        IReadOnlyList<(StalledActivity Activity, StallChange Change)> activities, StallIncident incident, IStallEvidence evidence, IReadOnlyDictionary<ulong, ThreadStackFrame> places, TimeProvider time, int watched)
    {
        var starts = activities.Min(activity => time.NanosecondsOf(activity.Change.Start));
        var now = time.Nanoseconds;
        var samples = Suspensions.Assign(evidence.Samples(starts - Before, now));
        var waits = evidence.LockWaits(starts);
        var channels = evidence.WaitChannels;
        FindOwners(samples, incident.FutexOwners, evidence);
        var seen = samples.SelectMany(sample => sample.Threads).Select(row => row.ThreadId).Concat(waits.Select(wait => wait.OwnerThreadId)).Concat(waits.Select(wait => wait.WaiterThreadId)).ToHashSet();
        var names = evidence.ThreadNames.Where(name => seen.Contains(name.Key)).ToDictionary();
        return [.. activities.Take(MaxWindows).Select((one, i) =>
        {
            var start = time.NanosecondsOf(one.Change.Start);
            var end = one.Activity.HasEnded ? time.NanosecondsOf(one.Change.Now) : now;
            return new StallWindow
            {
                Processors = Environment.ProcessorCount,
                Activity = one.Activity,
                StallStart = start,
                StallEnd = end,
                Others = [.. activities.Where((_, j) => j != i).Select(other => other.Activity)],
                Activities = watched,
                Samples = samples,
                WaitChannels = channels,
                ThreadNames = names,
                LockWaits = waits,
                LockPlaces = waits.Select(wait => wait.LockId).Distinct().Where(places.ContainsKey).ToDictionary(id => id, id => places[id]),
                FutexOwners = new Dictionary<ulong, int>(incident.FutexOwners),
                Stacks = incident.StacksBefore(one.Activity.HasEnded ? one.Change.Now : long.MaxValue),
            };
        })];
    }

    // Of the addresses that several threads wait at: those of one thread alone are nobody's lock.
    private static void FindOwners(IReadOnlyList<WindowSample> samples, Dictionary<ulong, int> owners, IStallEvidence evidence)
    {
        if (samples.LastOrDefault(sample => sample.Sample.IsDeep) is { } last)
        {
            foreach (var group in FutexGroups.Of(last.Threads))
            {
                if (!owners.ContainsKey(group.Address) && evidence.FutexOwner(group.Address) is var owner and not 0)
                {
                    owners.Add(group.Address, owner);
                }
            }
        }
    }
}
