using Hardening.Stalls;
using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Watching;

/// <summary>Cuts what was measured to a stall, or to the last seconds, in the form that reports and causes are made of.</summary>
internal sealed class WatchWindows(StallSampler sampler, ILockWaits? locks, int processors, TimeSpan interval, TimeSpan stallAfter)
{
    private const long Before = 10_000_000_000; // ns: what is normal shows in the 10 s before
    private const long Kept = 20_000_000_000; // ns: of a longer stall the last part is looked at, for samples of all of it are not there any more
    private const int MaxOthers = 100;
    private const int MaxOwners = 1000;

    private readonly Dictionary<ulong, int> _owners = [];

    /// <summary>Notes who was seen to hold a native lock.</summary>
    public void NoteOwner(ulong address, int owner)
    {
        if (_owners.Count >= MaxOwners)
        {
            _owners.Clear(); // those that are waited for now are noted again with the next sample
        }

        _owners[address] = owner;
    }

    public StallWindow Of(OutsideStall stall, long now)
    {
        var names = sampler.ThreadNames;
        var end = stall.HasEnded ? stall.End : now;
        var activities = stall.Threads.OrderBy(thread => thread.Value).ThenBy(thread => thread.Key).Take(MaxOthers + 1).Select(thread => new StalledActivity
        {
            Kind = StalledActivityKind.Heartbeat,
            Name = names.TryGetValue(thread.Key, out var name) && name.Length > 0 ? TargetFinder.Plain(name) : $"thread {thread.Key}",
            StallAfter = stallAfter,
            Silence = Span(end - thread.Value),
            HasEnded = stall.HasEnded,
            ThreadId = thread.Key,
        }).ToArray();
        var process = new StalledActivity { Kind = StalledActivityKind.Process, Name = "process", StallAfter = stallAfter, Silence = Span(end - stall.Start), HasEnded = stall.HasEnded };
        var start = Math.Max(stall.Start, end - Kept);
        var window = Make(start, end, start - Before, activities is [var first, ..] ? first : process);
        return window with { Others = [.. activities.Skip(1)], FutexOwners = new Dictionary<ulong, int>([.. window.FutexOwners.Where(known => !stall.Owners.ContainsKey(known.Key)), .. stall.Owners]), Stacks = stall.Stacks };
    }

    /// <summary>The whole process, from a time to a time.</summary>
    public StallWindow Of(long from, long to, bool hasEnded = false) => Make(from, to, from, new StalledActivity
    {
        Kind = StalledActivityKind.Process,
        Name = "process",
        StallAfter = stallAfter,
        Silence = Span(to - from),
        HasEnded = hasEnded,
    });

    private StallWindow Make(long start, long end, long samplesFrom, StalledActivity activity)
    {
        var samples = EvenSamples.Of(sampler.Copy(samplesFrom, end), (long)interval.TotalNanoseconds);
        var waits = locks?.Since(start) ?? [];
        var seen = samples.SelectMany(sample => sample.Threads).Select(row => row.ThreadId).Concat(waits.Select(wait => wait.OwnerThreadId)).ToHashSet();
        return new StallWindow
        {
            Processors = processors,
            Activity = activity,
            StallStart = start,
            StallEnd = end,
            Samples = samples,
            WaitChannels = sampler.WaitChannels,
            ThreadNames = sampler.ThreadNames.Where(name => seen.Contains(name.Key)).ToDictionary(name => name.Key, name => TargetFinder.Plain(name.Value)),
            LockWaits = waits,
            FutexOwners = new Dictionary<ulong, int>(_owners),
        };
    }

    private static TimeSpan Span(long nanoseconds) => TimeSpan.FromMicroseconds(Math.Max(0, nanoseconds) / 1000d);
}
