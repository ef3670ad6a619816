using Hardening.Stalls.Protocol;

namespace Hardening.Witness;

/// <summary>Takes stacks in the ways there are, one after the other, each within a limit.</summary>
internal sealed class Stacks(int ownerId, WitnessWelcome welcome, TimeProvider time) : IDisposable
{
    public const string WalkSource = "witness";

    private static readonly TimeSpan FirstLimit = TimeSpan.FromSeconds(10); // the first look loads and compiles what later ones find ready; it is not held for that long
    private static readonly TimeSpan OverrunMargin = TimeSpan.FromMilliseconds(200); // beyond what a walk may take by its own reckoning

    private readonly StackWalk _walk = new(ownerId, time);
    private readonly SourceLines _lines = new();
    private int _walkNumber;

    public WitnessAnswer Warm() => Walk(new WitnessRequest(Number: 0, (int)FirstLimit.TotalMilliseconds, welcome.WalkLimit, []), FirstLimit);

    /// <exception cref="TimeoutException">A walk does not come to its end, and holds the application: the witness must end.</exception>
    public WitnessAnswer Take(WitnessRequest request)
    {
        var begin = time.GetTimestamp();
        var walked = Walk(request, TimeSpan.FromMilliseconds(request.WalkLimit));
        var left = TimeSpan.FromMilliseconds(request.Limit) - time.GetElapsedTime(begin);
        if (walked.Threads.Count > 0 || !welcome.UseSampleProfiler)
        {
            return walked with { Took = Microseconds(begin) };
        }

        return SampleProfile.Take(ownerId, walked, left, welcome, _lines, time) with { Number = request.Number, Took = Microseconds(begin) };
    }

    public void Dispose() => _walk.Dispose();

    private WitnessAnswer Walk(WitnessRequest request, TimeSpan limit)
    {
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

        return new AnswerBuilder(_lines).Build(request.Number, WalkSource, result ?? new WalkResult { Missing = failure }) with { Took = Microseconds(begin) };
    }

    private long Microseconds(long begin) => (long)time.GetElapsedTime(begin).TotalMicroseconds;
}
