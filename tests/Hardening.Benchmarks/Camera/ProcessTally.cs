using System.Globalization;
using System.Runtime.InteropServices;

namespace Hardening.Benchmarks.Camera;

/// <summary>What a program and all that descends from it have used, seen from outside: the same for every language.</summary>
/// <param name="CpuNanoseconds">CPU time of processes that are there.</param>
/// <param name="UserTicks">The same outside of the kernel, to 10 ms.</param>
/// <param name="SystemTicks">The same in the kernel, to 10 ms.</param>
/// <param name="Faults">Page faults.</param>
/// <param name="MemoryBytes">Memory, each shared page counted once.</param>
internal readonly partial record struct ProcessTally(long CpuNanoseconds, long UserTicks, long SystemTicks, long Faults, long MemoryBytes)
{
    /// <param name="roots">The program, and what else belongs to it though it does not descend from it.</param>
    public static ProcessTally Of(params IEnumerable<int> roots)
    {
        List<int> found = [.. roots];
        for (var at = 0; at < found.Count; at++)
        {
            found.AddRange(Children(found[at]).Where(id => !found.Contains(id)).ToList());
        }

        // Memory takes long to add up, so it comes last.
        var used = found.ConvertAll(id => (Cpu: CpuOf(id), Stat: Stat(id)));
        return new ProcessTally(used.Sum(one => one.Cpu), used.Sum(one => one.Stat.User), used.Sum(one => one.Stat.System), used.Sum(one => one.Stat.Faults), found.Sum(Memory));
    }

    private static long CpuOf(int process) => clock_gettime((~process << 3) | 2, out var time) == 0 ? (time.Seconds * 1_000_000_000) + time.Nanoseconds : 0;

    // The name in parentheses may hold anything, so fields count from its end: minflt is field 10, utime and stime are 14 and 15, state is 3.
    private static (long Faults, long User, long System) Stat(int process)
    {
        var text = Read($"/proc/{process}/stat");
        var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length < 13 ? default : (Number(fields[7]), Number(fields[11]), Number(fields[12]));
    }

    private static long Memory(int process)
    {
        var line = Read($"/proc/{process}/smaps_rollup").Split('\n').FirstOrDefault(line => line.StartsWith("Pss:", StringComparison.Ordinal));
        return line is null ? 0 : Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    private static IEnumerable<int> Children(int process)
    {
        string[] tasks;
        try
        {
            tasks = Directory.GetDirectories($"/proc/{process}/task");
        }
        catch (DirectoryNotFoundException)
        {
            return []; // it has ended
        }

        return tasks.SelectMany(task => Read($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(id => (int)Number(id));
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (IOException)
        {
            return ""; // it has ended
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out Timespec time);

    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
