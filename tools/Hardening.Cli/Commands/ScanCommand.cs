using System.CommandLine;
using System.Diagnostics;
using Hardening.Cli.Projects;
using Hardening.Cli.Scanning;
using Hardening.Cli.Scanning.Reporting;

namespace Hardening.Cli.Commands;

/// <summary><c>harden scan</c>.</summary>
internal sealed class ScanCommand : VerbCommand
{
    private readonly Argument<string> _path = new("path") { Description = "A .sln, .slnx, .slnf, .csproj, or a folder.", DefaultValueFactory = _ => "." };
    private readonly Option<string[]> _rules = new("--rule") { Description = "Only these rules, such as HRD1003 or HRD1*. May be given several times." };
    private readonly Option<string> _failOn = OneOf("--fail-on", "The least severity that makes the exit code 1.", "warning", "none", "info", "warning", "error");
    private readonly Option<string> _minSeverity = OneOf("--min-severity", "What is less bad is left out.", "info", "info", "warning", "error");
    private readonly Option<string?> _preset = new("--preset") { Description = "The severities of rules: recommended, strict or audit. Default: what the projects set." };
    private readonly Option<string?> _baseline = new("--baseline") { Description = "A file of known findings: only new ones fail." };
    private readonly Option<string?> _writeBaseline = new("--write-baseline") { Description = "Writes all findings to this file, to be known from now on." };
    private readonly Option<string[]> _evidence = new("--evidence") { Description = "Stall reports (*.hardening.json): files, folders or patterns. May be given several times." };
    private readonly Option<string?> _sarif = new("--sarif") { Description = "Writes a SARIF 2.1.0 file." };
    private readonly Option<string?> _html = new("--html") { Description = "Writes a report as one page." };
    private readonly Option<bool> _loose = new("--loose") { Description = "Builds nothing: reads all .cs files of the folder, and binds what can be bound." };
    private readonly BuildOptions _build = new();

    public ScanCommand(TimeProvider time)
        : base("scan", "Runs all rules over code, and changes nothing in it.", time)
    {
        _preset.AcceptOnlyFromAmong(Preset.Names);
        Command.Add(_path);
        foreach (var option in new Option[] { _rules, _failOn, _minSeverity, _preset, _baseline, _writeBaseline, _evidence, _sarif, _html, _loose })
        {
            Command.Add(option);
        }

        _build.AddTo(Command);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, Terminal terminal, CancellationToken stop)
    {
        var startedAt = Time.GetUtcNow();
        // What can be wrong with the command line is found out before the work.
        var scanner = new Scanner(Time, new ScanOptions
        {
            Rules = [.. (arguments.GetValue(_rules) ?? []).SelectMany(list => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
            MinSeverity = Enum.Parse<FindingSeverity>(arguments.GetValue(_minSeverity)!, ignoreCase: true),
            Preset = arguments.GetValue(_preset),
            Evidence = EvidenceFiles.Find(arguments.GetValue(_evidence) ?? []),
        });
        var known = arguments.GetValue(_baseline) is { } baseline ? Baseline.Read(baseline) : null;
        foreach (var file in new[] { _sarif, _html, _writeBaseline }.Select(arguments.GetValue).OfType<string>())
        {
            OutputFile.Check(file);
        }

        var outcome = await new ProgressLine(terminal).RunAsync(async progress =>
        {
            var loading = _build.Read(arguments) with { IsLoose = arguments.GetValue(_loose) };
            var path = arguments.GetValue(_path)!;
            using var code = await new ProjectLoader(Time, loading).LoadAsync(path, progress, stop);
            return await scanner.ScanAsync(code, path, startedAt, progress, stop);
        });
        var (result, gone) = known?.Compare(outcome.Result) ?? (outcome.Result, []);
        await WriteFilesAsync(arguments, result, stop);
        if (terminal.IsJson)
        {
            terminal.WriteJson(result);
        }

        using var self = Process.GetCurrentProcess();
        new ScanSummary(terminal).Write(result, gone, self.PeakWorkingSet64);
        return outcome.RulesNotRun.Count > 0 ? ExitCodes.Failed : Fails(arguments, result) ? ExitCodes.Found : ExitCodes.Clean;
    }

    private async Task WriteFilesAsync(ParseResult arguments, ScanResult result, CancellationToken stop)
    {
        if (arguments.GetValue(_sarif) is { } sarif)
        {
            await OutputFile.WriteAsync(sarif, stream => SarifWriter.WriteAsync(result, stream, stop));
        }

        if (arguments.GetValue(_html) is { } html)
        {
            await OutputFile.WriteAsync(html, stream => HtmlReport.WriteAsync(result, stream, stop));
        }

        if (arguments.GetValue(_writeBaseline) is { } written)
        {
            await OutputFile.WriteAsync(written, stream => Baseline.Of(result).WriteAsync(stream, stop));
        }
    }

    // What has just been written down as known does not fail, unless it is compared with an older list.
    private bool Fails(ParseResult arguments, ScanResult result) =>
        (result.HasBaseline || arguments.GetValue(_writeBaseline) is null)
        && Enum.TryParse<FindingSeverity>(arguments.GetValue(_failOn), ignoreCase: true, out var least)
        && result.Findings.Any(finding => !finding.IsKnown && finding.Severity >= least);

    private static Option<string> OneOf(string name, string description, string standard, params string[] values)
    {
        var option = new Option<string>(name) { Description = $"{description} One of {string.Join(", ", values)}.", DefaultValueFactory = _ => standard };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
