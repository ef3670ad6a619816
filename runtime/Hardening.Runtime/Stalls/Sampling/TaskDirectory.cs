using System.Buffers.Text;
using System.Globalization;
using Hardening.Interop;

namespace Hardening.Stalls.Sampling;

/// <summary>The threads of a process as a directory of /proc. Used by one thread.</summary>
internal sealed class TaskDirectory : IDisposable
{
    private const int MaxName = 32;

    [ThreadStatic]
    private static byte[]? t_entries; // kept: a directory is opened and closed again and again

    private readonly byte[] _entries = t_entries ??= new byte[32 * 1024];
    private readonly int _descriptor;

    private TaskDirectory(int descriptor) => _descriptor = descriptor;

    /// <param name="root">Such as <c>/proc</c>.</param>
    /// <param name="process">Its number, or <c>self</c>.</param>
    /// <returns>Null where there is no such process.</returns>
    public static TaskDirectory? TryOpen(string root, string process) =>
        ProcFile.Open($"{root}/{process}/task") is var descriptor and >= 0 ? new TaskDirectory(descriptor) : null;

    public static string Name(int? process) => process is { } number ? number.ToString(CultureInfo.InvariantCulture) : "self";

    /// <summary>Lists the threads there are.</summary>
    public void List(List<int> threads)
    {
        threads.Clear();
        Libc.Rewind(_descriptor);
        while (Libc.ReadEntries(_descriptor, _entries) is var count and > 0)
        {
            for (ReadOnlySpan<byte> entries = _entries.AsSpan(0, count); !entries.IsEmpty;)
            {
                var name = Libc.TakeEntry(ref entries);
                if (Utf8Parser.TryParse(name, out int thread, out var length) && length == name.Length)
                {
                    threads.Add(thread);
                }
            }
        }
    }

    /// <summary>Opens a file of a thread.</summary>
    /// <returns>The descriptor, the caller's; or the error number, negative.</returns>
    public int Open(int thread, ReadOnlySpan<byte> file)
    {
        Span<byte> path = stackalloc byte[MaxName];
        path.Clear();
        _ = Utf8Formatter.TryFormat(thread, path, out var length);
        path[length++] = (byte)'/';
        file.CopyTo(path[length..]);
        return Libc.OpenAt(_descriptor, path);
    }

    public void Dispose() => _ = Libc.close(_descriptor);
}
