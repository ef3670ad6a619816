using System.Globalization;
using Hardening.Stalls.Classification;
using Spectre.Console;

namespace Hardening.Cli.Watching;

/// <summary>The result of a watch for people: the most important first, the sum last. Plain text that a file can hold.</summary>
internal static class WatchText
{
    private const int MaxStalls = 10;
    private const int MaxThreads = 10;

    /// <param name="result">What came of it.</param>
    /// <param name="console">Where it goes.</param>
    public static void Write(WatchResult result, IAnsiConsole console)
    {
        var lines = new List<string>();
        foreach (var state in result.States)
        {
            Finding(lines, $"{state.Headline}; for {Readable.Seconds(state.Duration)} of {Readable.Seconds(result.Duration)}", state.Cause.ToString(), state.Confidence, state.Evidence, state.Advice.Select(advice => advice.Text).FirstOrDefault());
        }

        foreach (var stall in result.Stalls.OrderByDescending(stall => stall.Duration).Take(MaxStalls))
        {
            var others = stall.Threads > 1 ? $", with {Readable.Count(stall.Threads - 1, "other thread")}" : "";
            Finding(
                lines, $"Stall at {Readable.Seconds(stall.Start)}, {Readable.Seconds(stall.Duration)}{(stall.HasEnded ? "" : " and still")}{others}: {stall.Headline}", stall.Cause.ToString(), stall.Confidence, stall.Evidence,
                stall.Advice.Select(advice => advice.Text).FirstOrDefault());
        }

        if (result.Stalls.Count > MaxStalls)
        {
            lines.Add($"… and {result.Stalls.Count - MaxStalls} shorter stalls: --json and --report have them.");
        }

        if (result.Silent.Count > 0)
        {
            lines.Add($"Used to run, and wait now; from outside it cannot be told whether they have work: {string.Join(", ", result.Silent.Take(5).Select(thread => $"'{thread.Name}' (thread {thread.ThreadId}) for {Readable.Seconds(thread.Seconds)}"))}.");
        }

        Threads(lines, result);
        foreach (var sentence in result.Missing)
        {
            lines.Add($"missing: {sentence}");
        }

        foreach (var report in result.Reports)
        {
            lines.Add($"report: {report}");
        }

        lines.Add(Sum(result));
        foreach (var line in lines)
        {
            console.WriteLine(TargetFinder.Plain(line));
        }
    }

    /// <summary>The last line.</summary>
    public static string Sum(WatchResult result)
    {
        var found = result.HasFindings ? $"{Readable.Count(result.Stalls.Count, "stall")}, {Readable.Count(result.States.Count, "lasting trouble", "lasting troubles")}" : "no stall and nothing else amiss";
        var end = result.End switch
        {
            WatchEnd.ProcessEnded => result.ExitCode is { } code ? $"; it ended with code {code}" : "; it has ended",
            WatchEnd.Cancelled => "; stopped by the user",
            _ => "",
        };
        return $"{result.Process.Name} (process {result.Process.Id}), watched for {Readable.Seconds(result.Duration)} in {Readable.Count(result.Samples, "look")}: {found}{end}. {Used(result)}, harden {Percent(result.OwnCost)} of one.";
    }

    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");

    private static string Used(WatchResult result)
    {
        var used = result.Totals.User + result.Totals.System;
        var seconds = Math.Max(0.001, result.Duration);
        return $"It used {Readable.Number(used / seconds)} of {Readable.Count(result.Process.Processors, "processor")} ({Readable.Share(used > 0 ? result.Totals.System / used : 0)} in the kernel), waited for {Readable.Number(result.Totals.WaitingForProcessor / seconds)}"
            + (result.Totals.MostChildren > 0 ? $", its children used {Readable.Number(result.Totals.Children / seconds)}" : "");
    }

    private static void Finding(List<string> lines, string headline, string cause, double confidence, IReadOnlyList<string> evidence, string? advice)
    {
        lines.Add(headline);
        lines.Add($"    {cause}, {Readable.Share(confidence)} sure");
        lines.AddRange(evidence.Select(sentence => $"    {sentence}"));
        if (advice is not null)
        {
            lines.Add($"    To do: {advice}");
        }

        lines.Add("");
    }

    private static void Threads(List<string> lines, WatchResult result)
    {
        if (result.Threads.Count == 0)
        {
            return;
        }

        lines.Add($"{"thread",8}  {"name",-16} {"user",8} {"kernel",8} {"no cpu",8} {"switches",10}  state");
        foreach (var thread in result.Threads.Take(MaxThreads))
        {
            lines.Add($"{Number(thread.ThreadId),8}  {(thread.Name.Length > 16 ? thread.Name[..16] : thread.Name),-16} {Seconds(thread.User),8} {Seconds(thread.System),8} {Seconds(thread.WaitingForProcessor),8} {Number(thread.Switches),10}  {thread.State} {thread.Waits}".TrimEnd());
        }

        lines.Add("");
    }

    private static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s");

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
