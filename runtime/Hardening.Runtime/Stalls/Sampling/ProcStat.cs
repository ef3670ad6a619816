using System.Runtime.InteropServices;

namespace Hardening.Stalls.Sampling;

/// <summary>A line of /proc/…/stat (proc_pid_stat(5)), of a process or of a thread.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ProcStat
{
    public char State;
    public long MinorFaults;
    public long MajorFaults;
    public long UserTicks;
    public long SystemTicks;
    public long WaitedForTicks; // of children that have been waited for
    public int Threads;
    public long StartTicks; // since the machine started

    public readonly long Ticks => UserTicks + SystemTicks;

    /// <param name="line">As it was read.</param>
    /// <param name="name">Its name, which may hold anything: blanks, parentheses, ends of lines. Only the last parenthesis ends it.</param>
    public static ProcStat Parse(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name)
    {
        var begin = line.IndexOf((byte)'(');
        var end = line.LastIndexOf((byte)')');
        if (begin < 0 || end < begin)
        {
            name = [];
            return default;
        }

        name = line[(begin + 1)..end];
        var rest = line[(end + 1)..].TrimStart((byte)' ');
        var stat = new ProcStat { State = rest.IsEmpty ? '\0' : (char)rest[0] };
        ProcText.Skip(ref rest, 7); // the state, and numbers of other processes and of a terminal, which may be negative
        stat.MinorFaults = ProcText.Number(ref rest);
        ProcText.Skip(ref rest, 1);
        stat.MajorFaults = ProcText.Number(ref rest);
        ProcText.Skip(ref rest, 1);
        stat.UserTicks = ProcText.Number(ref rest);
        stat.SystemTicks = ProcText.Number(ref rest);
        stat.WaitedForTicks = ProcText.Number(ref rest) + ProcText.Number(ref rest);
        ProcText.Skip(ref rest, 2);
        stat.Threads = (int)ProcText.Number(ref rest);
        ProcText.Skip(ref rest, 1);
        stat.StartTicks = ProcText.Number(ref rest);
        return stat;
    }
}
