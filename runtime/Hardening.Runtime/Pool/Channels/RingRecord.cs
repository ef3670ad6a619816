namespace Hardening.Pool.Channels;

/// <summary>
/// How records lie in a ring: 8 bytes of prefix (how many bytes follow and of what kind, then a state), the bytes of a message or of a part of one, and up to 7 bytes so that the next begins at a multiple of 8.
/// A record never wraps around: where the rest of the ring is too short for it, a pad fills the rest.
/// </summary>
internal static class RingRecord
{
    public const int PrefixBytes = 8;
    public const int StateOffset = 4;

    /// <summary>The record is a message.</summary>
    public const uint Whole = 0;

    /// <summary>It is a part of a message, and more parts follow.</summary>
    public const uint Part = 1;

    /// <summary>It is the last part.</summary>
    public const uint LastPart = 2;

    /// <summary>There is no message in it.</summary>
    public const uint Pad = 3;

    /// <summary>States of a job: it can be claimed by the worker, or recalled by the host.</summary>
    public const uint Free = 0;
    public const uint Claimed = 1;
    public const uint Recalled = 2;

    private const int KindShift = 30;

    public static uint Size(uint kind, int bytes) => (kind << KindShift) | (uint)bytes;

    public static uint Kind(uint size) => size >> KindShift;

    public static long Bytes(uint size) => size & ((1u << KindShift) - 1);

    /// <summary>With prefix and end.</summary>
    public static long Padded(long bytes) => (PrefixBytes + bytes + 7) & ~7L;

    /// <summary>The longest message that is one record: of this size, each fits once the ring is empty, wherever it begins.</summary>
    public static int MaxWhole(int ringBytes) => (ringBytes / 2) - PrefixBytes;

    /// <summary>Of each part but the last: so that one can be written while another is read.</summary>
    public static int PartBytes(int ringBytes) => (ringBytes / 4) - PrefixBytes;
}
