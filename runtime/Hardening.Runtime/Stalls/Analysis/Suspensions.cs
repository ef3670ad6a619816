using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Analysis;

/// <summary>Puts the time that a collection took to stop the threads where its pause is: the pause is known at once, its parts are told a moment later, and are in a later sample.</summary>
internal static class Suspensions
{
    public static IReadOnlyList<WindowSample> Assign(IReadOnlyList<WindowSample> samples)
    {
        if (samples.All(sample => sample.Sample.Runtime.GcSuspension <= sample.Sample.Runtime.GcPause))
        {
            return samples;
        }

        var assigned = samples.ToArray();
        var surplus = 0L;
        for (var i = assigned.Length - 1; i >= 0; i--)
        {
            var sample = assigned[i].Sample;
            var runtime = sample.Runtime;
            var known = runtime.GcSuspension + surplus;
            runtime.GcSuspension = Math.Min(known, runtime.GcPause);
            surplus = known - runtime.GcSuspension;
            sample.Runtime = runtime;
            assigned[i] = assigned[i] with { Sample = sample };
        }

        return assigned;
    }
}
