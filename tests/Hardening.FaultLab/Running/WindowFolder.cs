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
    private const long Little = 1_000_000; // ns in an interval: who ran or waited less is no part of any cause
    private const int MostFrames = 12;

    private static readonly StallReportJson s_short = new(new JsonSerializerOptions(StallReportJson.Default.Options) { WriteIndented = false });

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
                var content = new StallReportContent { Report = file.Report with { Stacks = [], Threads = [] }, Window = Cut(window) };
                File.WriteAllBytes(
                    Path.Combine(_directory, FormattableString.Invariant($"{fault}-{number}{StallReportFile.Extension}")), JsonSerializer.SerializeToUtf8Bytes(content, s_short.StallReportContent));
            }
        }
    }

    /// <summary>The shortest form that is classified as the whole is.</summary>
    internal static StallWindow Cut(StallWindow window)
    {
        var recent = WithNames(window with { Samples = [.. window.Samples.Where(sample => sample.Sample.Time >= window.StallStart - Before)], Stacks = Cut(window.Stacks) });
        var last = recent.Samples.Count - 1;
        var small = WithNames(recent with { Samples = [.. recent.Samples.Select((sample, i) => i == last ? sample : sample with { Threads = [.. sample.Threads.Where(row => Matters(row, window))] })] });
        var cause = CauseClassifier.Classify(window).Cause;
        return ((StallWindow[])[small, recent]).FirstOrDefault(cut => CauseClassifier.Classify(cut).Cause == cause) ?? window;
    }

    private static ThreadStackCapture? Cut(ThreadStackCapture? stacks) =>
        stacks is null ? null : stacks with { Threads = [.. stacks.Threads.Select(thread => thread with { Frames = [.. thread.Frames.Take(MostFrames)] })] };

    private static bool Matters(ThreadSample row, StallWindow window) =>
        row.RunTime >= Little || row.RunDelay >= Little || row.State is 'D' or 'R' || row.ThreadId == window.Activity.ThreadId;

    private static StallWindow WithNames(StallWindow window)
    {
        var seen = window.Samples.SelectMany(sample => sample.Threads).Select(row => row.ThreadId)
            .Concat(window.LockWaits.Select(wait => wait.OwnerThreadId)).Concat(window.LockWaits.Select(wait => wait.WaiterThreadId)).ToHashSet();
        return window with { ThreadNames = window.ThreadNames.Where(name => seen.Contains(name.Key)).ToDictionary() };
    }
}
