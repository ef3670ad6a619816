using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Hardening.Interop;

/// <summary>Who may look at this process, and who is at the other end of a socket: prctl(2), unix(7). Linux only.</summary>
internal static partial class Libc
{
    private const int PR_SET_PTRACER = 0x59616d61;
    private const int SOL_SOCKET = 1;
    private const int SO_PEERCRED = 17;
    private const int CredentialBytes = 12; // process, user, group

    /// <summary>Names a process that may trace this one where kernel.yama.ptrace_scope is 1, which allows only ancestors to. Does nothing where Yama is not there.</summary>
    public static void AllowTracer(int processId) => _ = prctl(PR_SET_PTRACER, processId, 0, 0, 0);

    /// <summary>The process at the other end, as this one sees it; 0 when it is outside of this PID namespace.</summary>
    public static int PeerOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[CredentialBytes];
        socket.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, credentials);
        return BinaryPrimitives.ReadInt32LittleEndian(credentials);
    }

    [LibraryImport("libc")]
    private static partial int prctl(int option, nint a, nint b, nint c, nint d);
}
