using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Hardening.Interop;

/// <summary>The sockets that libaravis opened in this process, and does not show: found through /proc, sized with setsockopt(2). Linux only.</summary>
internal static unsafe partial class Libc
{
    private const int SOL_SOCKET = 1;
    private const int SO_TYPE = 3;
    private const int SO_RCVBUF = 8;
    private const int SO_RCVBUFFORCE = 33;
    private const int SO_DOMAIN = 39;
    private const int AF_INET = 2;
    private const int AF_PACKET = 17;
    private const int SOCK_DGRAM = 2;
    private const int SHUT_WR = 1;
    private const int F_SETFD = 2;
    private const int F_DUPFD_CLOEXEC = 1030;
    private const int FD_CLOEXEC = 1;

    /// <summary>The descriptor of the socket with this inode; null when this process has none.</summary>
    public static int? FindSocket(ulong inode)
    {
        var target = $"socket:[{inode}]";
        foreach (var fd in OpenDescriptors())
        {
            if (ReadLink($"/proc/self/fd/{fd}") == target)
            {
                return fd;
            }
        }

        return null;
    }

    /// <summary>The packet sockets that this process has open.</summary>
    public static HashSet<int> FindPacketSockets()
    {
        var found = new HashSet<int>();
        foreach (var fd in OpenDescriptors())
        {
            if (GetOption(fd, SO_DOMAIN) == AF_PACKET)
            {
                found.Add(fd);
            }
        }

        return found;
    }

    /// <summary>Sets the receive buffer: beyond the system's limit where we may (CAP_NET_ADMIN), else up to it.</summary>
    /// <returns>The bytes that it now has, in the same measure (the kernel doubles what it is asked for, for its own overhead).</returns>
    public static int SetReceiveBuffer(int socket, int bytes, bool mayForce = true)
    {
        if (!mayForce || setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(int)) != 0)
        {
            _ = setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(int)); // what it came to is read back
        }

        return (GetOption(socket, SO_RCVBUF) ?? 0) / 2;
    }

    /// <summary>Keeps a descriptor from the child processes that are started from now on.</summary>
    public static void CloseOnExec(int fd) => _ = fcntl(fd, F_SETFD, FD_CLOEXEC); // fails only when it is not open

    /// <summary>The UDP sockets of this process that are bound to an address, and to no peer.</summary>
    public static IReadOnlyList<(int Descriptor, ulong Inode)> FindUnconnectedUdpSockets(IPAddress local)
    {
        var found = new List<(int, ulong)>();
        var address = BinaryPrimitives.ReadUInt32BigEndian(local.GetAddressBytes());
        foreach (var fd in OpenDescriptors())
        {
            if (GetOption(fd, SO_TYPE) == SOCK_DGRAM && GetOption(fd, SO_DOMAIN) == AF_INET && IsBoundTo(fd, address)
                && ReadLink($"/proc/self/fd/{fd}") is ['s', 'o', 'c', 'k', 'e', 't', ':', '[', .. var inode, ']'] && ulong.TryParse(inode, out var number))
            {
                found.Add((fd, number));
            }
        }

        return found;
    }

    /// <summary>Another descriptor of what this one stands for, which child processes do not inherit; null when there is none left.</summary>
    public static int? Duplicate(int fd) => fcntl(fd, F_DUPFD_CLOEXEC, 0) is >= 0 and var own ? own : null;

    /// <summary>Makes every further attempt to send through a socket fail with EPIPE, by whatever descriptor. An unconnected socket is shut too, though the call says that it is not connected.</summary>
    public static void ShutSending(int socket) => _ = shutdown(socket, SHUT_WR);

    public static void Close(int fd) => _ = close(fd);

    private static bool IsBoundTo(int socket, uint address)
    {
        const int Length = 16; // sockaddr_in: family, port, address, padding
        var name = stackalloc byte[Length];
        var size = Length;
        if (getsockname(socket, name, &size) != 0 || BinaryPrimitives.ReadUInt16BigEndian(new(name + 2, 2)) == 0 || BinaryPrimitives.ReadUInt32BigEndian(new(name + 4, 4)) != address)
        {
            return false;
        }

        size = Length;
        return getpeername(socket, name, &size) != 0;
    }

    private static int? GetOption(int socket, int option)
    {
        int value;
        var size = sizeof(int);
        return getsockopt(socket, SOL_SOCKET, option, &value, &size) == 0 ? value : null;
    }

    private static IEnumerable<int> OpenDescriptors() =>
        from path in Directory.GetFileSystemEntries("/proc/self/fd")
        select int.Parse(Path.GetFileName(path.AsSpan()), provider: null);

    private static string? ReadLink(string path)
    {
        Span<byte> target = stackalloc byte[64];
        fixed (byte* first = target)
        {
            return readlink(path, first, (nuint)target.Length) is var length and > 0 ? Encoding.UTF8.GetString(target[..(int)length]) : null;
        }
    }

    [LibraryImport("libc")]
    private static partial int setsockopt(int socket, int level, int option, void* value, int size);

    [LibraryImport("libc")]
    private static partial int getsockopt(int socket, int level, int option, void* value, int* size);

    [LibraryImport("libc")]
    private static partial int getsockname(int socket, byte* address, int* size);

    [LibraryImport("libc")]
    private static partial int getpeername(int socket, byte* address, int* size);

    [LibraryImport("libc")]
    private static partial int shutdown(int socket, int how);

    [LibraryImport("libc")]
    private static partial int close(int fd);

    [LibraryImport("libc")]
    private static partial int fcntl(int fd, int command, nint argument); // variadic in C, with the same registers for an int on the platforms that are built

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint readlink(string path, byte* target, nuint size);
}
