using System.Globalization;
using System.Runtime.CompilerServices;

namespace Hardening.TestWorker.Pool;

/// <summary>What lies where in this process, by /proc/self/maps.</summary>
public static class MemoryMap
{
    /// <summary>Which file the first byte is of, and where in it: the same text in two processes means the same memory.</summary>
    /// <returns>Such as <c>inode=1234 offset=4096 rights=r--s file=/memfd:hardening-frames (deleted)</c>.</returns>
    public static unsafe string Describe(ReadOnlySpan<byte> bytes)
    {
        var address = (nint)Unsafe.AsPointer(ref Unsafe.AsRef(in bytes[0]));
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            var range = fields[0].Split('-').Select(Hexadecimal).ToArray();
            if (range[0] <= address && address < range[1])
            {
                return string.Create(CultureInfo.InvariantCulture, $"inode={fields[4]} offset={Hexadecimal(fields[2]) + address - range[0]} rights={fields[1]} file={fields.ElementAtOrDefault(5)}");
            }
        }

        return "nowhere";

        static long Hexadecimal(string text) => long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
