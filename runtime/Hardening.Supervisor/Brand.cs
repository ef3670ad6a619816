using System.Buffers.Text;
using Hardening.Interop;

namespace Hardening.Supervisor;

/// <summary>
/// What all descendants carry, whatever they do: the limit RLIMIT_LOCKS, which Linux has ignored since 2.4 (setrlimit(2)) and which fork, exec, setsid and a cleared environment leave as it
/// is. Its hard value names the supervisor, its soft value the application and the tree. Later supervisors have smaller hard values, so one inside another can lower it without being root.
/// </summary>
internal readonly struct Brand(ulong hard, ulong soft)
{
    private const ulong Mark = 1UL << 62;
    private const int ProcessIdBits = 22; // PID_MAX_LIMIT
    private const ulong LatestStart = (1UL << 40) - 1; // in clock ticks of 10 ms: 348 years after boot
    private const ulong ApplicationMask = (1UL << 30) - 1;

    private static ReadOnlySpan<byte> LimitName => "Max file locks"u8;

    /// <summary>The supervisor's identity: one number for its pid and start.</summary>
    public ulong Supervisor => hard;

    public int SupervisorId => (int)(hard & ((1UL << ProcessIdBits) - 1));

    public ulong SupervisorStart => LatestStart - ((hard & ~Mark) >> ProcessIdBits);

    public uint Application => (uint)(soft >> 32);

    public uint Tree => (uint)soft;

    /// <summary>Whether it is one at all.</summary>
    public bool IsSet => (hard & Mark) != 0 && hard < Mark << 1 && soft < Mark;

    public static Brand Of(int supervisorId, ulong supervisorStart, uint application, uint tree) =>
        new(Mark | ((LatestStart - Math.Min(supervisorStart, LatestStart)) << ProcessIdBits) | (uint)supervisorId, ((application & ApplicationMask) << 32) | tree);

    /// <summary>The brand of a process; not set when it has none, or is gone.</summary>
    public static Brand Read(int processId)
    {
        Span<byte> buffer = stackalloc byte[4096];
        var limits = ProcFile.Read(processId, "limits"u8, buffer);
        var at = limits.IndexOf(LimitName);
        if (at < 0)
        {
            return default;
        }

        var line = limits[(at + LimitName.Length)..].TrimStart((byte)' ');
        return Utf8Parser.TryParse(line, out ulong soft, out var used) && Utf8Parser.TryParse(line[used..].TrimStart((byte)' '), out ulong hard, out _)
            ? new Brand(hard, soft)
            : default; // "unlimited"
    }

    /// <summary>What this process starts from now on carries it.</summary>
    /// <returns>False where the limit has been lowered before and may not be raised.</returns>
    public bool TryPutOn() => Libc.TrySetLimit(0, Libc.RLIMIT_LOCKS, soft, hard);
}
