using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Watching;

/// <summary>A runtime that is not asked.</summary>
internal sealed class SilentRuntime : IRuntimeSampler
{
    public void Read(ref RuntimeSample runtime)
    {
    }
}
