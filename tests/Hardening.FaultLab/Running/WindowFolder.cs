using System.Text.Json;
using Hardening.Stalls;
using Hardening.Stalls.Classification;
using Hardening.Stalls.Reports;
using Hardening.Stalls.Sampling;

namespace Hardening.FaultLab.Running;

/// <summary>Keeps reports with their windows as test data: cut down as far as they still say the same.</summary>
internal sealed class WindowFolder
{
    private const long Before = 2_000_000_000; // ns of what is normal

    private readonly string _directory;
    private readonly Dictionary<string, int> _numbers = [];

    public WindowFolder(string directory) => _directory = Directory.CreateDirectory(directory).FullName;

    /// <summary>Keeps all reports of a run of a fault.</summary>
    public void Keep(string fault, string reports)
    {
        if (!Directory.Exists(reports))
        {
            return;
        }

        foreach (var path in Directory.EnumerateFiles(reports, $"*{StallReportFile.Extension}").Order(StringComparer.Ordinal))
        {
            if (StallReportFile.TryRead(path, out var file, out _) && file.Window is { } window)
            {
                var number = _numbers[fault] = _numbers.GetValueOrDefault(fault) + 1;
                var content = new StallReportContent { Report = file.Report, Window = Cut(window) };
                File.WriteAllBytes(
                    Path.Combine(_directory, FormattableString.Invariant($"{fault}-{number}{StallReportFile.Extension}")), JsonSerializer.SerializeToUtf8Bytes(content, StallReportJson.Default.StallReportContent));
            }
        }
    }

    /// <summary>The shortest form that is classified as the whole is.</summary>
    internal static StallWindow Cut(StallWindow window)
    {
        var recent = window with { Samples = [.. window.Samples.Where(sample => sample.Sample.Time >= window.StallStart - Before)] };
        var small = WithNames(recent with { Samples = [.. recent.Samples.Select((sample, i) => i >= recent.Samples.Count - 2 ? sample : sample with { Threads = [.. sample.Threads.Where(row => Moves(row, window))] })] });
        return CauseClassifier.Classify(small).Cause == CauseClassifier.Classify(window).Cause ? small : recent;
    }

    private static bool Moves(ThreadSample row, StallWindow window) => row.RunTime > 0 || row.RunDelay > 0 || row.State is 'D' or 'R' || row.ThreadId == window.Activity.ThreadId;

    private static StallWindow WithNames(StallWindow window)
    {
        var seen = window.Samples.SelectMany(sample => sample.Threads).Select(row => row.ThreadId)
            .Concat(window.LockWaits.Select(wait => wait.OwnerThreadId)).Concat(window.LockWaits.Select(wait => wait.WaiterThreadId)).ToHashSet();
        return window with { ThreadNames = window.ThreadNames.Where(name => seen.Contains(name.Key)).ToDictionary() };
    }
}
