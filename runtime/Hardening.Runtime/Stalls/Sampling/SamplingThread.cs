using Hardening.Interop;

namespace Hardening.Stalls.Sampling;

/// <summary>A thread that takes samples of another process.</summary>
internal static class SamplingThread
{
    private const int Niceness = -10; // where that is allowed: a host that is overloaded should not keep the watch from seeing it

    /// <summary>The calling thread comes before others of equal standing. Nothing happens where that is not permitted.</summary>
    public static void BeUrgent() => _ = Libc.TryBeNice(Niceness);
}
