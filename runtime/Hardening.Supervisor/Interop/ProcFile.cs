using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace Hardening.Interop;

/// <summary>Reads proc(5) without garbage: it is read for each process of a tree, again and again while the tree ends.</summary>
internal static unsafe partial class ProcFile
{
    private const int O_RDONLY = 0;
    private const int O_CLOEXEC = 0x80000;
    private const int NameAt = 19; // of struct dirent in glibc and musl on 64 bits

    /// <summary>The beginning of /proc/<paramref name="processId"/>/<paramref name="name"/>; empty when the process is gone.</summary>
    public static ReadOnlySpan<byte> Read(int processId, ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        Span<byte> path = stackalloc byte[64];
        return Read(PathOf(processId, name, path), buffer);
    }

    /// <inheritdoc cref="Read(int, ReadOnlySpan{byte}, Span{byte})"/>
    public static ReadOnlySpan<byte> ReadTask(int processId, int taskId, ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        Span<byte> path = stackalloc byte[96];
        var at = Put(path, 0, "/proc/"u8);
        at = Put(path, at, processId);
        at = Put(path, at, "/task/"u8);
        at = Put(path, at, taskId);
        at = Put(path, at, "/"u8);
        Put(path, at, name);
        return Read(path, buffer);
    }

    /// <summary>The numbers among the names of a directory, /proc itself (processes) or /proc/pid/task (threads), into <paramref name="numbers"/>.</summary>
    /// <returns>How many; never more than there is room for.</returns>
    public static int List(int processId, Span<int> numbers)
    {
        Span<byte> path = stackalloc byte[64];
        if (processId == 0)
        {
            "/proc"u8.CopyTo(path);
        }
        else
        {
            PathOf(processId, "task"u8, path);
        }

        nint directory;
        fixed (byte* start = path)
        {
            directory = opendir(start);
        }

        if (directory == 0)
        {
            return 0;
        }

        var count = 0;
        while (count < numbers.Length && readdir(directory) is var entry and not null)
        {
            var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameAt);
            if (Utf8Parser.TryParse(name, out int number, out var used) && used == name.Length)
            {
                numbers[count++] = number;
            }
        }

        _ = closedir(directory);
        return count;
    }

    /// <summary>What a symbolic link of the process, as ns/pid, points to.</summary>
    public static ReadOnlySpan<byte> ReadLink(int processId, ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        Span<byte> path = stackalloc byte[64];
        fixed (byte* start = PathOf(processId, name, path))
        fixed (byte* target = buffer)
        {
            return buffer[..(int)Math.Max(0, readlink(start, target, (nuint)buffer.Length))];
        }
    }

    public static string ReadText(string path)
    {
        Span<byte> name = stackalloc byte[Encoding.UTF8.GetMaxByteCount(path.Length) + 1];
        name.Clear();
        Encoding.UTF8.GetBytes(path, name);
        return Encoding.UTF8.GetString(Read(name, new byte[64 * 1024]));
    }

    private static ReadOnlySpan<byte> Read(scoped ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        int file;
        fixed (byte* start = path)
        {
            file = open(start, O_RDONLY | O_CLOEXEC, 0);
        }

        if (file < 0)
        {
            return default;
        }

        var length = 0;
        fixed (byte* start = buffer)
        {
            while (length < buffer.Length && Libc.read(file, start + length, (nuint)(buffer.Length - length)) is var count and > 0)
            {
                length += (int)count;
            }
        }

        _ = Libc.close(file);
        return buffer[..length];
    }

    private static ReadOnlySpan<byte> PathOf(int processId, ReadOnlySpan<byte> name, Span<byte> path)
    {
        var at = Put(path, 0, "/proc/"u8);
        at = Put(path, at, processId);
        at = Put(path, at, "/"u8);
        Put(path, at, name);
        return path;
    }

    private static int Put(Span<byte> path, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(path[at..]);
        path[at + text.Length] = 0;
        return at + text.Length;
    }

    private static int Put(Span<byte> path, int at, int number)
    {
        Utf8Formatter.TryFormat(number, path[at..], out var written);
        return at + written;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open(byte* path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint opendir(byte* path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial byte* readdir(nint directory);

    [LibraryImport("libc")]
    private static partial int closedir(nint directory);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint readlink(byte* path, byte* target, nuint length);
}
