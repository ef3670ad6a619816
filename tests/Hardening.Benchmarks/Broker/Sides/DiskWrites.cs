using System.Globalization;
using Hardening.Benchmarks.Pool.Sides;

namespace Hardening.Benchmarks.Broker.Sides;

/// <summary>What programs have had written to disks, as the kernel counts it for each process.</summary>
internal static class DiskWrites
{
    private const string Field = "write_bytes:";

    /// <summary>Of these processes and all that descends from them, in bytes.</summary>
    public static long Of(IEnumerable<int> roots) => TreeCpu.Processes(roots).Sum(OfOne);

    private static long OfOne(int process)
    {
        try
        {
            return File.ReadLines($"/proc/{process}/io").Where(line => line.StartsWith(Field, StringComparison.Ordinal)).Sum(line => long.Parse(line.AsSpan(Field.Length), CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // it has ended
        }
    }
}
