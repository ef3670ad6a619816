using System.Buffers.Text;
using System.Globalization;
using Hardening.Interop;
using Hardening.Processes;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Pool.Workers;

/// <summary>How a process ends that the kernel is still taking down, or that nobody has reaped yet.</summary>
internal static class EarlyExit
{
    private const int ExitCodeField = 52 - 3; // of those from the state on; for a process whose threads are being ended it is what ends them (fs/proc/array.c)
    private const int StatBytes = 1024; // 52 numbers, most of them short
    private const int FirstStopSignal = 19;
    private const int LastStopSignal = 22; // a stopped process has its signal there

    /// <returns>Null where that cannot be said: it goes on, it ends with code 0, it is reaped, or this kernel does not tell.</returns>
    public static ProcessExit? Read(int processId, SafeFileHandle pidfd)
    {
        if (ReadStatus(processId) is not (var status and not 0))
        {
            return null;
        }

        var (code, signal) = ((status >> 8) & 0xff, status & 0x7f); // wait(2): WEXITSTATUS, WTERMSIG
        return signal is >= FirstStopSignal and <= LastStopSignal || !Libc.TrySignal((int)pidfd.DangerousGetHandle(), 0) // after the look: until it is reaped, the number is its own
            ? null
            : new ProcessExit(signal == 0 ? code : 128 + signal, signal == 0 ? null : signal);
    }

    // Without text and lists: it is between a worker's end and the caller who waits for it.
    private static int ReadStatus(int processId)
    {
        Span<byte> bytes = stackalloc byte[StatBytes];
        try
        {
            using var file = File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            ReadOnlySpan<byte> stat = bytes[..RandomAccess.Read(file, bytes, 0)];
            stat = stat[(stat.LastIndexOf((byte)')') + 2)..]; // the name may hold anything
            for (var field = 0; field < ExitCodeField; field++)
            {
                stat = stat[(stat.IndexOf((byte)' ') + 1)..];
            }

            return Utf8Parser.TryParse(stat, out int status, out _) ? status : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return 0;
        }
    }
}
