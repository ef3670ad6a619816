using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Classification;

/// <summary>What a window says about its stall, in seconds, shares and counts: all that the rules look at.</summary>
internal sealed class StallFacts
{
    private readonly Dictionary<int, ThreadTime> _threads = [];

    private StallFacts(StallWindow window)
    {
        Window = window;
        Duration = window.StallDuration * 1e-9;
        AllIntervals = StallIntervals.Of(window);
        Intervals = [.. AllIntervals.Where(interval => interval.Part > 0)];
        Seen = Intervals.Sum(interval => interval.Seconds);
        Load = new LoadFacts(this);
        Stacks = new StackFacts(window);
        Locks = new LockFacts(this);
        Thread = Find(window);
        Split = StallSplit.Of(this);
        Places = WaitPlaceShares.Of(this);
    }

    public StallWindow Window { get; }

    /// <summary>Of the stall: seconds.</summary>
    public double Duration { get; }

    /// <summary>How much of it samples tell of: seconds.</summary>
    public double Seen { get; }

    public IReadOnlyList<StallInterval> AllIntervals { get; }

    /// <summary>Those that lie in the stall, in part at least.</summary>
    public IReadOnlyList<StallInterval> Intervals { get; }

    public LoadFacts Load { get; }

    public LockFacts Locks { get; }

    public StackFacts Stacks { get; }

    /// <summary>The stalled thread; null when there is none, or nothing was seen of it.</summary>
    public ThreadTime? Thread { get; }

    public StallSplit Split { get; }

    /// <summary>Where the stalled thread was blocked.</summary>
    public WaitPlaceShares Places { get; }

    /// <summary>The most threads that waited for the memory map at one deep sample.</summary>
    public int MapWaiters => Intervals.Select(interval => interval.Sample.Threads.Count(row => WaitPlaces.Of(row, Window) == WaitPlace.Memory)).DefaultIfEmpty().Max();

    /// <summary>The most threads that started processes or waited for their end at one deep sample; 0 where none was being started.</summary>
    public int Starting => Intervals.Select(interval => interval.Sample.Threads).Where(rows => rows.Any(WaitPlaces.IsStartingProcess))
        .Select(rows => rows.Count(row => WaitPlaces.IsStartingProcess(row) || WaitPlaces.IsWaitingForProcess(row))).DefaultIfEmpty().Max();

    /// <summary>Whether the activity is not where it beat last: its thread has ended or does other things, so that only what holds for the whole process tells of it.</summary>
    public bool IsElsewhere => Window.Activity.Kind == StalledActivityKind.Heartbeat && (Thread is null || (Stacks.Has(ThreadId) && Stacks.Activity(ThreadId).Activity == StackActivity.Idle));

    public int ThreadId => Thread?.ThreadId ?? 0;

    public double Limit => Window.Activity.StallAfter.TotalSeconds;

    public static StallFacts Of(StallWindow window) => new(window);

    public ThreadTime TimeOf(int threadId)
    {
        if (!_threads.TryGetValue(threadId, out var time))
        {
            _threads[threadId] = time = ThreadTime.Of(threadId, AllIntervals);
        }

        return time;
    }

    /// <summary>Such as <c>'dispatch' (thread 4711)</c>.</summary>
    public string Name(int threadId) => Name(Window, threadId);

    public static string Name(StallWindow window, int threadId) =>
        window.ThreadNames.TryGetValue(threadId, out var name) && !string.IsNullOrEmpty(name) ? $"'{name}' (thread {threadId})" : $"thread {threadId}";

    /// <summary>The threads that have a row in the stall.</summary>
    public IReadOnlyList<int> ThreadIds => [.. Intervals.SelectMany(interval => interval.Sample.Threads).Select(row => row.ThreadId).Where(id => id > 0).Distinct()];

    /// <summary>The thread pool's own threads, as their names tell.</summary>
    public IReadOnlyList<int> PoolThreadIds => [.. Window.ThreadNames.Where(name => name.Value is { } text && text.StartsWith(".NET TP Worker", StringComparison.Ordinal)).Select(name => name.Key).Order()];

    private ThreadTime? Find(StallWindow window)
    {
        var id = window.Activity.Kind switch
        {
            StalledActivityKind.Heartbeat => window.Activity.ThreadId,
            StalledActivityKind.Process when window.Activity.ThreadId == 0 => window.WatchdogThreadId,
            _ => window.Activity.ThreadId,
        };
        return id > 0 && !HasEnded(id) && TimeOf(id) is { Seen: > 0 } time ? time : null;
    }

    // A deep sample has a row for each thread that lives.
    private bool HasEnded(int threadId) => Intervals.LastOrDefault(interval => interval.Sample.Sample is { IsDeep: true, Process.Omitted: <= 0 }) is { } deep && deep.Row(threadId) is null;
}
