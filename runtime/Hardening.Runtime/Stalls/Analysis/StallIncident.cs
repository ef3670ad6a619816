
namespace Hardening.Stalls.Analysis;

/// <summary>Activities that stand still at the same time: from the first one's stall until all move again. Of one thread.</summary>
internal sealed class StallIncident(string id, DateTimeOffset startedAt, StallChange first)
{
    private const int MaxChanges = 64;

    private readonly List<StallChange> _changes = [first]; // stalls, as they stand; an activity that stalls again has another
    private readonly List<(long At, ThreadStackCapture Stacks)> _stacks = []; // the oldest first

    public string Id => id;

    public DateTimeOffset StartedAt => startedAt;

    /// <summary>What the threads were doing when they were looked at last; null before.</summary>
    public ThreadStackCapture? Stacks => _stacks is [.., var last] ? last.Stacks : null;

    /// <summary>The owners of native locks, as they were first found: at the end of a stall nobody holds them any more.</summary>
    public Dictionary<ulong, int> FutexOwners { get; } = [];

    public StallReport? Report { get; set; }

    /// <summary>When it is looked at again while it lasts: a timestamp.</summary>
    public long NextLook { get; set; }

    public int Looks { get; set; }

    /// <summary>How long the first activity had been silent when that was noticed.</summary>
    public TimeSpan DetectedAfter { get; } = first.Silence;

    public bool HasEnded => _changes.TrueForAll(change => change.HasEnded);

    /// <summary>The latest that an activity moved again: a timestamp. Of one that has ended.</summary>
    public long End => _changes.Max(change => change.Now);

    /// <summary>Keeps stacks beside those from before: three at most, as often as <see cref="StackTaker"/> asks.</summary>
    /// <param name="at">When they were asked for: a timestamp.</param>
    /// <param name="stacks">What came.</param>
    public void Note(long at, ThreadStackCapture stacks) => _stacks.Add((at, stacks));

    /// <summary>
    /// The stacks that tell most of a stall: the last that were asked for before its end. On a busy machine some are taken when it is long over and shows in them no more; where there are no others, the first.
    /// </summary>
    /// <param name="end">When it was over: a timestamp.</param>
    public ThreadStackCapture? StacksBefore(long end) => _stacks.FindLast(one => one.At <= end && one.Stacks.Threads.Count > 0).Stacks ?? _stacks.Find(one => one.Stacks.Threads.Count > 0).Stacks ?? Stacks;

    public void Note(in StallChange change)
    {
        var (kind, name, heartbeat) = (change.Kind, change.Name, change.Heartbeat);
        var known = change.IsWhole ? -1 : _changes.FindIndex(other => other.Kind == kind && other.Name == name && other.Heartbeat == heartbeat && !other.HasEnded);
        if (known >= 0)
        {
            _changes[known] = change with { ThreadId = _changes[known].ThreadId, Label = _changes[known].Label };
        }
        else if (!change.HasEnded || change.IsWhole)
        {
            if (_changes.Count >= MaxChanges)
            {
                _changes.RemoveAt(_changes.FindIndex(1, other => other.HasEnded) is var ended and > 0 ? ended : 1); // the first is what the incident is about
            }

            _changes.Add(change);
        }
    }

    /// <summary>The activities as they stand, the first to stall first.</summary>
    public IReadOnlyList<(StalledActivity Activity, StallChange Change)> Activities(TimeProvider time, long now) =>
        [.. _changes.Select(change => (Describe(change, change.HasEnded ? change.Silence : time.GetElapsedTime(change.Start, now)), change))];

    public static StalledActivity Describe(StallChange change, TimeSpan silence) => new()
    {
        Kind = change.Kind,
        Name = change.Name,
        Label = change.Label,
        StallAfter = change.Limit,
        Silence = silence,
        HasEnded = change.HasEnded,
        ThreadId = change.ThreadId,
    };
}
