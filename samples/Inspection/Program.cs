using Hardening.Camera;
using Hardening.Pool;
using Inspection;
using Inspection.Cameras;
using Inspection.CommandLine;
using Inspection.Live;
using Inspection.Reporting;
using Inspection.Reporting.Html;
using Inspection.Telemetry;
using Inspection.Work;
using Spectre.Console;

const int badInput = 2;

if (!new InspectionCommand().TryParse(args, out var options, out var problem))
{
    return problem is null ? 0 : Refuse(problem);
}

if (options.JsonPath is { } file && WhyNotWritable(file) is { } reason)
{
    return Refuse($"--json must be a file that can be written, but is '{file}': {reason}");
}

if (options.HtmlPath is { } html && WhyNotWritable(html) is { } why)
{
    return Refuse($"--html must be a file that can be written, but is '{html}': {why}");
}

if (options.Simulates)
{
    if (CameraFarm.Obstacle is { } obstacle)
    {
        return Refuse(obstacle);
    }

    OwnNetwork.Enter(options.Cameras);
}

var time = TimeProvider.System;
if (options.Replay is { } replay)
{
    if (!RecordingFolder.TryOpen(replay.Directory, time, out var recorded, out problem))
    {
        return Refuse(problem);
    }

    options = options.WithReplayOf(recorded);
}

if (options.RecordDirectory is { } folder && RecordingFolder.Prepare(options, folder) is { } hindrance)
{
    return Refuse($"--record must be a new or empty directory, but is '{folder}': {hindrance}");
}

if (options.Collector is { } collector && await OtlpExport.WhyNotReachableAsync(collector, time).ConfigureAwait(false) is { } silence)
{
    return Refuse($"no collector answers at {collector}: {silence}. Start one, or leave --otlp out");
}

using var export = options.Collector is { } address ? OtlpExport.Start(address) : null;
var runId = Guid.NewGuid().ToString("N");
using var interruption = new Interruption(runId, time);
if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Width = 120; // a file has none
}

IProgressView view = Console.IsOutputRedirected ? new LineView(Console.Out) : new LiveView(AnsiConsole.Console);
var reports = new List<RunReport>();
var howLong = options.RunsToTheEnd ? "to their end" : $"{options.Duration.TotalSeconds} s";
var setup = $"{Cameras(options)}, {options.Width} x {options.Height} Mono8, {options.FrameRate:0.##} fps, {howLong} each server; {Environment.ProcessorCount} cores";
try
{
    await using var farm = options.Simulates ? await CameraFarm.StartAsync(options.Cameras, time, interruption.Token).ConfigureAwait(false) : null;
    await using var live = options.Dashboard is { } endpoint ? await LivePage.StartAsync(endpoint, interruption.Token).ConfigureAwait(false) : null;
    Console.WriteLine(setup);
    if (live is not null)
    {
        Console.WriteLine($"Live at {live.Address}");
    }

    if (farm is not null)
    {
        options = options with { Addresses = [.. farm.Cameras.Select(camera => camera.Address)] };
        Console.WriteLine($"Simulated in {(OwnNetwork.IsOwn ? "a network of their own" : "the network of this machine")}: {string.Join(", ", farm.Cameras.Select(camera => $"{camera.Address} (process {camera.ProcessId})"))}");
    }

    WarmUp(options.Width, options.Height);
    foreach (var mode in options.Runs)
    {
        reports.Add(await new InspectionRun(options, view, runId, live, time).RunAsync(mode, interruption.Token).ConfigureAwait(false));
        if (interruption.Token.IsCancellationRequested)
        {
            break;
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true); // what one leaves is no burden to the next
    }

    foreach (var end in farm is null ? [] : await farm.ExplainEndsAsync(CancellationToken.None).ConfigureAwait(false))
    {
        Console.WriteLine(end);
    }
}
catch (Exception e) when (e is FrameSourceException or InsufficientMemoryException or PoolUnavailableException or LivePageException)
{
    return Refuse(e.Message);
}
catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
{
    // interrupted while the cameras opened: nothing has run
}

if (reports.Count > 0)
{
    AnsiConsole.Write(ReportTable.Create(reports));
    if (ReportTable.CreatePerCamera(reports) is { } perCamera)
    {
        AnsiConsole.Write(perCamera);
    }

    foreach (var report in reports.Where(report => report.StallCauses.Count > 0))
    {
        Console.WriteLine($"Why {report.Server} stood still (reports in {Path.Combine(options.StallDirectory, report.Server)}):");
        foreach (var cause in report.StallCauses)
        {
            Console.WriteLine($"  {cause.Headline}");
            Console.WriteLine($"    {cause.Cause}, {cause.Count:N0} x, {cause.Seconds:F1} s in all; longest: {cause.Report}.hardening.md");
        }
    }

    foreach (var report in reports.Where(report => report.EndedEarly is not null))
    {
        Console.WriteLine($"{report.Server} ended after {report.Seconds:F1} s: {report.EndedEarly}.");
    }
}

if (options.JsonPath is { } path)
{
    RunReport.Write(reports, path);
}

if (options.HtmlPath is { } page)
{
    HtmlReport.Write(reports, setup, options.StallDirectory, page);
}

return interruption.ExitCode;

// Compiles the image work before the first frame of either server.
static void WarmUp(int width, int height)
{
    var inspection = new FrameInspection(width, height);
    var pixels = new byte[width * height];
    for (var i = 0; i < 3; i++)
    {
        inspection.Inspect(pixels, width);
    }
}

// Before the run, not after it.
static string? WhyNotWritable(string path)
{
    try
    {
        File.Create(path).Dispose();
        return null;
    }
    catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
    {
        return e.Message;
    }
}

static string Cameras(InspectionOptions options) => options switch
{
    { Replay: { } recorded } => $"recordings of {recorded.Cameras.Count} {(recorded.Cameras.Count == 1 ? "camera" : "cameras")} in '{recorded.Directory}'",
    { Source: CameraKind.Synthetic } => options.Cameras == 1 ? "1 synthetic camera" : $"{options.Cameras} synthetic cameras",
    { Simulates: true } => options.Cameras == 1 ? "1 simulated GigE Vision camera" : $"{options.Cameras} simulated GigE Vision cameras",
    { Addresses: [] } => "all GigE Vision cameras that are found",
    { Cameras: 1 } => "1 GigE Vision camera",
    _ => $"{options.Cameras} GigE Vision cameras",
};

static int Refuse(string problem)
{
    Console.Error.WriteLine($"inspection: {problem.ReplaceLineEndings(" ").TrimEnd('.')}.");
    return badInput;
}
