using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Classification;

/// <summary>What the stacks of a window say; nothing where there are none.</summary>
internal sealed class StackFacts
{
    private readonly Dictionary<int, IReadOnlyList<ThreadStackFrame>> _frames = [];
    private readonly Dictionary<int, (StackActivity Activity, string Text)> _activities = [];

    public StackFacts(StallWindow window)
    {
        foreach (var thread in window.Stacks?.Threads ?? [])
        {
            _frames[thread.ThreadId] = thread.Frames;
            _activities[thread.ThreadId] = StackReading.Read(thread.Frames);
        }

        Locks = window.Stacks?.Locks ?? [];
    }

    public bool Any => _frames.Count > 0;

    public IReadOnlyList<HeldLock> Locks { get; }

    public IEnumerable<int> ThreadIds => _frames.Keys;

    public bool Has(int threadId) => _frames.ContainsKey(threadId);

    public IReadOnlyList<ThreadStackFrame> Frames(int threadId) => _frames.GetValueOrDefault(threadId) ?? [];

    /// <summary>What a thread was doing; <see cref="StackActivity.Other"/> without a stack.</summary>
    public (StackActivity Activity, string Text) Activity(int threadId) => _activities.TryGetValue(threadId, out var activity) ? activity : (StackActivity.Other, "");

    /// <summary>The innermost statement of the application.</summary>
    public ThreadStackFrame? Statement(int threadId) => StackReading.Application(Frames(threadId));

    public int Count(StackActivity activity) => _activities.Values.Count(other => other.Activity == activity);

    /// <summary>The threads that wait for the same thing at the same statement as this one, itself included.</summary>
    public IReadOnlyList<int> AtSameStatement(int threadId)
    {
        var statement = Statement(threadId);
        var activity = Activity(threadId).Activity;
        return statement is null ? [] : [.. _frames.Keys.Where(other => Activity(other).Activity == activity && Statement(other) is { } at && IsSame(at, statement))];
    }

    public static bool IsSame(ThreadStackFrame a, ThreadStackFrame b) => a.Method == b.Method && a.File == b.File && a.Line == b.Line;

    /// <summary>Such as <c>LegacyServer.cs:218</c>; the method where no file is known.</summary>
    public static string Place(ThreadStackFrame frame) => frame.File is { Length: > 0 } file ? frame.Line is > 0 ? $"{Path.GetFileName(file)}:{frame.Line}" : Path.GetFileName(file) : frame.Method;

    /// <summary>The statement that comes most often, and how often; of equals the first by name.</summary>
    public static (ThreadStackFrame? Frame, int Count) MostCommon(IEnumerable<ThreadStackFrame?> frames)
    {
        var most = frames.OfType<ThreadStackFrame>().GroupBy(frame => (frame.Method, frame.File, frame.Line)).OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key.Method, StringComparer.Ordinal).ThenBy(group => group.Key.Line).FirstOrDefault();
        return (most?.First(), most?.Count() ?? 0);
    }
}
