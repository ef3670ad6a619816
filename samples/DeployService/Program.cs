using DeployService;
using DeployService.CommandLine;
using DeployService.Driving;
using DeployService.Reporting;
using DeployService.Serving;
using Spectre.Console;

const int badInput = 2;
const int failed = 1;

if (!new DeployCommand().TryParse(args, out var options, out var problem))
{
    return problem is null ? 0 : Refuse(problem);
}

try
{
    if (options is ServeOptions serve)
    {
        await DeploymentHost.RunAsync(serve).ConfigureAwait(false);
        return 0;
    }

    var drive = (DriveOptions)options;
    if (drive.JsonPath is { } file && WhyNotWritable(file) is { } reason)
    {
        return Refuse($"--json must be a file that can be written, but is '{file}': {reason}");
    }

    return await DriveAsync(drive).ConfigureAwait(false);
}
catch (Exception e) when (e is IOException or PlatformNotSupportedException)
{
    Refuse(e.Message);
    return options is ServeOptions ? badInput : failed;
}

static async Task<int> DriveAsync(DriveOptions options)
{
    using var interruption = new Interruption();
    if (Console.IsOutputRedirected)
    {
        AnsiConsole.Profile.Width = 120; // a file has none
    }

    var reports = new List<ServerReport>();
    try
    {
        foreach (var server in options.Servers)
        {
            var run = new ServerRun(options, server, Console.Out, TimeProvider.System);
            await using (run.ConfigureAwait(false))
            {
                reports.Add(await run.RunAsync(interruption.Token).ConfigureAwait(false));
            }
        }
    }
    catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
    {
        Console.Error.WriteLine("deploy-service: it was interrupted; all that it has started has ended.");
    }

    if (reports.Count > 0)
    {
        AnsiConsole.Write(ReportTable.Create(reports));
    }

    foreach (var report in reports.Where(report => report.EndedEarly is not null))
    {
        Console.WriteLine($"{report.Server}: the load ended early: {report.EndedEarly}.");
    }

    if (options.JsonPath is { } path)
    {
        ServerReport.Write(reports, path);
    }

    return interruption.ExitCode > 0 ? interruption.ExitCode : Judge(reports, options.Requests);
}

static int Judge(IReadOnlyList<ServerReport> reports, int requests)
{
    var hardened = reports.FirstOrDefault(report => report.Server == "hardened");
    var broken = hardened is null ? [] : Claims.Broken(hardened, requests).ToList();
    broken.AddRange(reports.Where(report => report.LeftInTheEnd > 0).Select(report => $"nothing of {report.Server} is left on this machine, but {report.LeftInTheEnd:N0} processes are"));
    if (hardened is not null && broken.Count == 0)
    {
        Console.WriteLine("hardened: every request answered once or cancelled, and no process left after the load, SIGTERM and SIGKILL.");
    }

    broken.ForEach(claim => Console.Error.WriteLine($"deploy-service: {claim}."));
    return broken.Count == 0 ? 0 : failed;
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

static int Refuse(string problem)
{
    Console.Error.WriteLine($"deploy-service: {problem.ReplaceLineEndings(" ").TrimEnd('.')}.");
    return badInput;
}
