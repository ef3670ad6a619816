using Hardening.Stalls;
using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Watching;

/// <summary>What a process of .NET tells of itself through its diagnostic port, and its stacks.</summary>
internal sealed class DotnetEye : IRuntimeSampler, ILockWaits
{
    public string? Runtime => null;

    public bool HasStacks => false;

    public IReadOnlyList<string> Missing => [];

    string? ILockWaits.Missing => null;

    public void Read(ref RuntimeSample runtime)
    {
    }

    public IReadOnlyList<LockWait> Since(long time) => [];

    public void WantStacks(Action<ThreadStackCapture> deliver)
    {
    }

    public void Deliver()
    {
    }
}
