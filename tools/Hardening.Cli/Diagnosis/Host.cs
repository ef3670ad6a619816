using System.Globalization;

namespace Hardening.Cli.Diagnosis;

/// <summary>A host as checks see it: its files now, its counters a while ago, and what is asked about.</summary>
/// <param name="files">Its files.</param>
/// <param name="earlier">Counters of before, by path; without them nothing can be said to grow.</param>
/// <param name="scope">What is asked about.</param>
internal sealed class Host(IHostFiles files, IReadOnlyDictionary<string, string> earlier, DoctorScope scope)
{
    public IHostFiles Files { get; } = files;

    public DoctorScope Scope { get; } = scope;

    /// <summary>The folder of the process that is looked at.</summary>
    public string Process { get; } = scope.ProcessId is { } id ? $"/proc/{id.ToString(CultureInfo.InvariantCulture)}" : "/proc/self";

    /// <summary>What processors there are: those that are online.</summary>
    public int Processors => CountOf(TryText("/sys/devices/system/cpu/online")) ?? Math.Max(1, Text("/proc/stat").Split('\n').Count(line => line.StartsWith("cpu", StringComparison.Ordinal)) - 1);

    /// <summary>Those that the process may run on, quotas left aside.</summary>
    public int ProcessProcessors => CountOf(ProcessStatus("Cpus_allowed_list")) is { } allowed ? Math.Min(allowed, Processors) : Processors;

    /// <exception cref="CannotTellException">It cannot be read.</exception>
    public string Text(string path) => Files.Read(path) is { Text: { } text } ? text.Trim() : throw new CannotTellException(Files.Read(path).Why);

    public string? TryText(string path) => Files.Read(path).Text?.Trim();

    /// <exception cref="CannotTellException">It cannot be read, or is no number.</exception>
    public long Number(string path) => AsNumber(Text(path)) ?? throw new CannotTellException($"{path} says no number");

    public long? TryNumber(string path) => TryText(path) is { } text ? AsNumber(text) : null;

    /// <summary>A field of <c>/proc/PID/status</c>; null where it has none.</summary>
    public string? ProcessStatus(string field) => (TryText(Process + "/status") ?? "").Split('\n')
        .Where(line => line.StartsWith(field + ":", StringComparison.Ordinal)).Select(line => line[(field.Length + 1)..].Trim()).FirstOrDefault();

    /// <param name="number">As in capability.h.</param>
    public bool HasCapability(int number) =>
        ulong.TryParse(ProcessStatus("CapEff"), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits) && (bits & (1UL << number)) != 0;

    /// <summary>A counter that only grows: its value, and by how much it grew since the first look.</summary>
    /// <param name="path">The file that has it.</param>
    /// <param name="read">Finds it in the file; null where it has none.</param>
    /// <exception cref="CannotTellException">It cannot be read.</exception>
    public Growth Counter(string path, Func<string, long?> read)
    {
        var total = read(Text(path)) ?? throw new CannotTellException($"{path} has no such counter");
        return new Growth(total, earlier.TryGetValue(path, out var before) && read(before.Trim()) is { } start ? Math.Max(0, total - start) : null);
    }

    public static long? AsNumber(string? text) => long.TryParse(text?.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>How many numbers a list such as <c>0-3,8</c> has.</summary>
    public static int? CountOf(string? list)
    {
        var count = 0L;
        foreach (var range in list?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var ends = range.Split('-');
            if (AsNumber(ends[0]) is not { } first || AsNumber(ends[^1]) is not { } last || last < first)
            {
                return null;
            }

            count += last - first + 1;
        }

        return count is > 0 and < int.MaxValue ? (int)count : null;
    }
}

/// <summary>A counter.</summary>
/// <param name="Total">Since the system's start, as a rule.</param>
/// <param name="Since">While the host was looked at; null where it was looked at once.</param>
internal readonly record struct Growth(long Total, long? Since)
{
    public override string ToString() => Since is { } since
        ? string.Create(CultureInfo.InvariantCulture, $"{Total:N0} since the start, {since:N0} while looking")
        : string.Create(CultureInfo.InvariantCulture, $"{Total:N0} since the start");
}
