using Hardening.Stalls.Protocol;

namespace Hardening.Witness;

/// <summary>Takes stacks in the ways there are, one after the other, each within a limit.</summary>
internal sealed class Stacks(int ownerId, WitnessWelcome welcome, TimeProvider time) : IDisposable
{
    public const string WalkSource = "witness";

    private static readonly TimeSpan FirstLimit = TimeSpan.FromSeconds(10); // the first look loads and compiles what later ones find ready; it is not held for that long
    private static readonly TimeSpan OverrunMargin = TimeSpan.FromMilliseconds(200); // beyond what a walk may take by its own reckoning

    private static readonly TimeSpan AnswerMargin = TimeSpan.FromMilliseconds(100); // for an answer to be there before its limit

    private readonly StackWalk _walk = new(ownerId, time);
    private readonly SourceLines _lines = new();
    private int _walkNumber;
    private bool _hasFailed; // the last walk: it was not permitted, or the runtime could not be read

    public WitnessAnswer Warm() => Walk(new WitnessRequest(Number: 0, (int)FirstLimit.TotalMilliseconds, welcome.WalkLimit, []), FirstLimit);

    /// <summary>Takes stacks from outside alone: the runtime of the application may stand still.</summary>
    /// <exception cref="TimeoutException">A walk does not come to its end, and holds the application: the witness must end.</exception>
    public WitnessAnswer Look() => Walk(new WitnessRequest(Number: 0, welcome.WalkLimit, welcome.WalkLimit, []), TimeSpan.FromMilliseconds(welcome.WalkLimit));

    /// <exception cref="TimeoutException">A walk does not come to its end, and holds the application: the witness must end.</exception>
    public WitnessAnswer Take(WitnessRequest request)
    {
        var begin = time.GetTimestamp();
        var walked = Walk(request, TimeSpan.FromMilliseconds(request.WalkLimit));
        // Not where a thread cannot stop now: the profiler would stop the runtime, and have everybody wait for that thread.
        if (!_hasFailed || !welcome.UseSampleProfiler)
        {
            return walked with { Took = Microseconds(begin) };
        }

        try
        {
            var sampled = new SampleProfile(ownerId, welcome, _lines).Take(request.Number, TimeSpan.FromMilliseconds(request.Limit) - time.GetElapsedTime(begin) - AnswerMargin, request.ThreadIds);
            return sampled with { Missing = Join(walked.Missing, sampled.Missing), Held = walked.Held, Took = Microseconds(begin) };
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException(Join(walked.Missing, e.Message));
        }
    }

    public void Dispose() => _walk.Dispose();

    private WitnessAnswer Walk(WitnessRequest request, TimeSpan limit)
    {
        _hasFailed = false;
        if (ownerId == 0)
        {
            return new WitnessAnswer { Number = request.Number, Source = WalkSource, Missing = "The application is outside of the PID namespace of its witness, which cannot look out of it: choose another containment for children than PidNamespace." };
        }

        var begin = time.GetTimestamp();
        WalkResult? result = null;
        string? failure = null;
        // A thread of its own for each walk: the system lets the application go on when it ends.
        var walk = new Thread(() =>
        {
            try
            {
                result = _walk.Take(new WalkRequest(request.ThreadIds, TimeSpan.FromMilliseconds(request.WalkLimit), welcome.MaxThreads, welcome.MaxFrames));
            }
            catch (Exception e)
            {
                failure = e is UnauthorizedAccessException or ProcessGoneException or InvalidOperationException ? e.Message : $"The runtime of process {ownerId} could not be read ({e.GetType().Name}: {e.Message}).";
            }
        }) { Name = $"walk {++_walkNumber}", IsBackground = true };
        walk.Start();
        if (!walk.Join(limit + OverrunMargin))
        {
            throw new TimeoutException($"The look at the threads did not end within {limit.TotalMilliseconds:N0} ms and was given up; the witness is restarted.");
        }

        _hasFailed = failure is not null;
        return new AnswerBuilder(_lines).Build(request.Number, WalkSource, result ?? new WalkResult { Missing = failure }) with { Took = Microseconds(begin) };
    }

    private static string? Join(string? one, string? other) => (one, other) is (not null, not null) ? $"{one} {other}" : one ?? other;

    private long Microseconds(long begin) => (long)time.GetElapsedTime(begin).TotalMicroseconds;
}
