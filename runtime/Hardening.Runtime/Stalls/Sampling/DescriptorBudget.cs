using Hardening.Interop;

namespace Hardening.Stalls.Sampling;

/// <summary>How many descriptors the samplers may hold: the application needs its own more. Used by the aide alone.</summary>
internal sealed class DescriptorBudget(long? limit = null)
{
    private const int ShareOfLimit = 4; // a quarter of RLIMIT_NOFILE
    private const int ShareForDetails = 2; // half of that at most: a thread without details beats one that is not seen

    private long _used;

    public bool HasRoom(int count) => _used + count <= Total;

    public bool HasRoomForDetails(int count) => _used + count <= Total / ShareForDetails;

    public void Take(int count) => _used += count;

    private long Total => (limit ?? Libc.DescriptorLimit) / ShareOfLimit;
}
