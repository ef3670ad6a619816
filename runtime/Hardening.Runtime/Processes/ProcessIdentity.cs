using System.Globalization;
using System.Runtime.InteropServices;
using Hardening.Interop;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Processes;

/// <summary>A process that no later one is mistaken for: ids are used again, and soon.</summary>
/// <param name="Id">The process id.</param>
/// <param name="StartTicks">When it was started, in ticks since the system was (field starttime of proc_pid_stat(5)).</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProcessIdentity(int Id, long StartTicks)
{
    // counted from the state, which follows the name
    private const int StartField = 19;
    private const int Sigkill = 9;

    /// <summary>The process that has this id now; null when none has, or only one that has ended and was not reaped yet.</summary>
    public static ProcessIdentity? Of(int id)
    {
        return ProcessStat.Read(id) is { } fields && fields[0] is not ("Z" or "X")
            ? new ProcessIdentity(id, long.Parse(fields[StartField], CultureInfo.InvariantCulture))
            : null;
    }

    public bool IsAlive => Of(Id) == this;

    /// <summary>SIGKILL, to it and to no other.</summary>
    public void Kill()
    {
        using var process = new SafeFileHandle(Libc.OpenPidFd(Id), ownsHandle: true);
        if (!process.IsInvalid && IsAlive)
        {
            Libc.TrySignal((int)process.DangerousGetHandle(), Sigkill);
        }
    }
}
