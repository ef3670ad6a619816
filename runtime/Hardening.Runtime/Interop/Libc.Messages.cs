using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Interop;

/// <summary>Messages between processes that carry descriptors: socketpair(2), sendmsg(2), recvmsg(2), unix(7).</summary>
internal static unsafe partial class Libc
{
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int EMFILE = 24;
    public const int EPIPE = 32;
    public const int ECONNRESET = 104;

    /// <summary>The most descriptors that come with one message.</summary>
    public const int MaxDescriptors = 12;

    private const int AF_UNIX = 1;
    private const int SOCK_SEQPACKET = 5;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int SOL_SOCKET = 1;
    private const int SO_RCVTIMEO = 20;
    private const int SO_SNDTIMEO = 21;
    private const int SCM_RIGHTS = 1;
    private const int MSG_DONTWAIT = 0x40;
    private const int MSG_NOSIGNAL = 0x4000;
    private const int MSG_CMSG_CLOEXEC = 0x40000000;

    /// <summary>Two connected sockets that keep messages apart.</summary>
    /// <returns>False, with the last P/Invoke error, where there are none.</returns>
    public static bool TryConnectPair(out SafeFileHandle one, out SafeFileHandle other)
    {
        var pair = stackalloc int[2];
        var succeeded = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0;
        (one, other) = succeeded ? (new SafeFileHandle(pair[0], ownsHandle: true), new SafeFileHandle(pair[1], ownsHandle: true)) : (new SafeFileHandle(), new SafeFileHandle());
        return succeeded;
    }

    /// <summary>No send on the socket blocks for longer: it then fails with EAGAIN.</summary>
    public static void LimitSend(SafeFileHandle socket, TimeSpan limit) => LimitWait(socket, SO_SNDTIMEO, limit);

    /// <summary>No receive on the socket blocks for longer; zero is without a limit.</summary>
    public static void LimitReceive(SafeFileHandle socket, TimeSpan limit) => LimitWait(socket, SO_RCVTIMEO, limit);

    /// <summary>Sends one message as a whole, with duplicates of the descriptors.</summary>
    /// <returns>0, or the error number: EPIPE or ECONNRESET when the other end is gone, EAGAIN when its buffer is full.</returns>
    public static int Send<T>(SafeFileHandle socket, in T message, ReadOnlySpan<int> descriptors, bool wait)
        where T : unmanaged
    {
        var control = stackalloc byte[ControlBytes(MaxDescriptors)];
        fixed (T* body = &message)
        {
            var part = new IoVector { Base = body, Length = (nuint)sizeof(T) };
            var header = new MessageHeader { Parts = &part, PartCount = 1 };
            if (!descriptors.IsEmpty)
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaxDescriptors);
                *(ControlHeader*)control = new ControlHeader { Length = (nuint)(sizeof(ControlHeader) + (descriptors.Length * sizeof(int))), Level = SOL_SOCKET, Type = SCM_RIGHTS };
                descriptors.CopyTo(new Span<int>(control + sizeof(ControlHeader), descriptors.Length));
                header.Control = control;
                header.ControlLength = (nuint)ControlBytes(descriptors.Length);
            }

            while (sendmsg(socket, &header, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT)) < 0)
            {
                if (Marshal.GetLastPInvokeError() is var error and not EINTR)
                {
                    return error;
                }
            }

            return 0;
        }
    }

    /// <summary>Receives one message. Descriptors that came with it are the caller's; where the system had no room for them, fewer come than were sent.</summary>
    /// <returns>The bytes of the message, 0 when the other end is gone, or −1 with the last P/Invoke error.</returns>
    public static int Receive<T>(SafeFileHandle socket, out T message, Span<int> descriptors, out int descriptorCount, bool wait)
        where T : unmanaged
    {
        var control = stackalloc byte[ControlBytes(MaxDescriptors)];
        message = default;
        descriptorCount = 0;
        fixed (T* body = &message)
        {
            var part = new IoVector { Base = body, Length = (nuint)sizeof(T) };
            var header = new MessageHeader { Parts = &part, PartCount = 1, Control = control, ControlLength = (nuint)ControlBytes(MaxDescriptors) };
            nint received;
            do
            {
                received = recvmsg(socket, &header, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
            }
            while (received < 0 && Marshal.GetLastPInvokeError() == EINTR);

            if (received > 0 && header.ControlLength >= (nuint)sizeof(ControlHeader) && ((ControlHeader*)control)->Type == SCM_RIGHTS)
            {
                var came = new ReadOnlySpan<int>(control + sizeof(ControlHeader), (int)(((ControlHeader*)control)->Length - (nuint)sizeof(ControlHeader)) / sizeof(int));
                foreach (var descriptor in came)
                {
                    if (descriptorCount < descriptors.Length)
                    {
                        descriptors[descriptorCount++] = descriptor;
                    }
                    else
                    {
                        _ = close(descriptor);
                    }
                }
            }

            return (int)received;
        }
    }

    [LibraryImport("libc")]
    public static partial int close(int fd);

    private static int ControlBytes(int descriptors) => sizeof(ControlHeader) + ((((descriptors * sizeof(int)) + 7) / 8) * 8);

    private static void LimitWait(SafeFileHandle socket, int option, TimeSpan limit)
    {
        var time = stackalloc long[2];
        time[0] = limit.Ticks / TimeSpan.TicksPerSecond;
        time[1] = limit.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond;
        _ = setsockopt(socket, SOL_SOCKET, option, time, 2 * sizeof(long)); // fails only for what is not a socket
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int domain, int type, int protocol, int* pair);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(SafeFileHandle socket, int level, int option, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(SafeFileHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvmsg(SafeFileHandle socket, MessageHeader* message, int flags);

    private struct IoVector
    {
        public void* Base;
        public nuint Length;
    }

    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Parts;
        public nuint PartCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    private struct ControlHeader
    {
        public nuint Length;
        public int Level;
        public int Type;
    }
}
