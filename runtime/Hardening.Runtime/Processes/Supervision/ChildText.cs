using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Hardening.Interop;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Processes.Supervision;

/// <summary>Writes what a child is started with into a file in memory, as <see cref="ChildTextHeader"/> says.</summary>
internal static class ChildText
{
    /// <exception cref="ArgumentException">A text contains a null character, which no program could be given.</exception>
    /// <exception cref="Win32Exception">No descriptor is left.</exception>
    public static SafeFileHandle Write(ChildSpecification child, out int length)
    {
        var bytes = new byte[Marshal.SizeOf<ChildTextHeader>() + Bytes(child.Path) + Bytes(child.WorkingDirectory) + child.Arguments.Sum(Bytes) + child.Environment.Sum(Bytes)];
        MemoryMarshal.Write(bytes, new ChildTextHeader
        {
            Arguments = child.Arguments.Count,
            Variables = child.Environment.Count,
            MemoryBytes = child.Limits?.MemoryBytes ?? -1,
            OpenFiles = child.Limits?.OpenFiles ?? -1,
            CpuSeconds = child.Limits?.CpuTime is { } time ? (long)Math.Ceiling(time.TotalSeconds) : -1,
        });
        var at = Marshal.SizeOf<ChildTextHeader>();
        at = Put(child.Path, bytes, at);
        at = Put(child.WorkingDirectory, bytes, at);
        foreach (var text in child.Arguments.Concat(child.Environment))
        {
            at = Put(text, bytes, at);
        }

        var file = Libc.CreateMemoryFile("hardening-child");
        RandomAccess.Write(file, bytes, 0);
        length = bytes.Length;
        return file;
    }

    private static int Bytes(string text) => Encoding.UTF8.GetByteCount(text) + 1;

    private static int Put(string text, byte[] bytes, int at) => text.Contains('\0')
        ? throw new ArgumentException($"'{text.Replace("\0", "\\0", StringComparison.Ordinal)}' contains a null character, which no program can be given.")
        : at + Encoding.UTF8.GetBytes(text, 0, text.Length, bytes, at) + 1;
}
