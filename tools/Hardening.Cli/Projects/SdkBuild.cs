using System.Diagnostics;
using Hardening.Processes;

namespace Hardening.Cli.Projects;

/// <summary>Runs the SDK's own build so that it writes nothing beside the code, and leaves no process behind.</summary>
internal sealed class SdkBuild(ScratchFolder scratch, LoadOptions options, TimeProvider time, Action<string> progress)
{
    // What another MSBuild, a test host or `dotnet run` around us tells its children is not meant for this build.
    private static readonly string[] StrangePrefixes = ["MSBUILD", "VSTEST_", "DOTNET_CLI_", "TESTINGPLATFORM_"];
    private static readonly string[] StrangeNames = ["DOTNET_HOST_PATH", "DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS", "DOTNET_WATCH", "VSCODE_INSPECTOR_OPTIONS"];

    // A build that is ended has nothing to finish: all that it wrote is removed.
    private static readonly SupervisionOptions Supervision = new() { Name = "dotnet-build", StopGracePeriod = TimeSpan.FromSeconds(1) };

    private readonly List<string> _hooks = [.. BuildHooks.Write(scratch)];

    /// <returns>What it told as errors; of a build that failed without one, its last line.</returns>
    /// <exception cref="CommandFailedException">There is no SDK, or it took too long.</exception>
    public async Task<IReadOnlyList<BuildError>> RunAsync(string file, string folder, CancellationToken stop)
    {
        var errors = await RunOnceAsync(file, folder, "build", [], stop);
        // One project whose packages cannot be had keeps the others from being built, unless they are told to go on without it.
        return errors.Any(error => error.IsOfRestore) ? [.. errors.Concat(await RunOnceAsync(file, folder, "build", ["--no-restore"], stop)).DistinctBy(error => (error.Project, error.Framework, error.Text))] : errors;
    }

    private async Task<IReadOnlyList<BuildError>> RunOnceAsync(string file, string folder, string verb, IEnumerable<string> more, CancellationToken stop)
    {
        var start = new ProcessStartInfo(DotnetInstallation.Host) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in Arguments(file, verb).Concat(more))
        {
            start.ArgumentList.Add(argument);
        }

        Clean(start.Environment);
        using var limit = new CancellationTokenSource(options.BuildLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            var build = await SupervisedProcess.StartAsync(start, Supervision, both.Token);
            await using (build)
            {
                build.StandardInput.Close();
                var warnings = ReadAsync(build.StandardError, both.Token);
                var (errors, last) = await ReadAsync(build.StandardOutput, both.Token);
                var (_, lastWarning) = await warnings;
                await build.WaitForExitAsync(both.Token);
                return build.ExitCode != 0 && errors.Count == 0 ? [new BuildError(null, null, "", $"dotnet {verb} ended with {build.ExitCode}: {lastWarning ?? last ?? "it told nothing"}")] : errors;
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new CommandFailedException($"the build of '{file}' took longer than {options.BuildLimit}: give it more (--build-limit), or scan without one (--loose)");
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new CommandFailedException($"dotnet cannot be started ({failure.Message}): install the .NET SDK, or scan without a build (--loose)");
        }
    }

    private IEnumerable<string> Arguments(string file, string verb) =>
    [
        verb, file, .. _hooks, "-nologo", "-tl:off", "-v:m", "-clp:NoSummary;ForceNoAlign",
        // No process stays behind: neither nodes of MSBuild nor a compiler server.
        "-nodeReuse:false", "-p:UseSharedCompilation=false",
        // What is wanted is the compiler's arguments, not its warnings, packages, or what a project does after it is built.
        "-p:RunAnalyzers=false", "-p:GeneratePackageOnBuild=false", "-p:NuGetAudit=false", "-p:PostBuildEvent=",
        .. options.Configuration is { } configuration ? ["-c", configuration] : Array.Empty<string>(),
        .. options.Properties.Select(property => $"-p:{property}"),
    ];

    private async Task<(List<BuildError> Errors, string? Last)> ReadAsync(StreamReader reader, CancellationToken stop)
    {
        var (errors, last) = (new List<BuildError>(), (string?)null);
        while (await reader.ReadLineAsync(stop) is { } line)
        {
            if (BuildError.Parse(line) is { } error)
            {
                errors.Add(error);
            }
            else if (line.Split(" -> ") is [var project, _])
            {
                progress($"built {project.Trim()}");
            }

            last = line.Trim() is { Length: > 0 } text ? text : last;
        }

        return ([.. errors.DistinctBy(error => (error.Project, error.Framework, error.Text))], last);
    }

    private static void Clean(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.ToList())
        {
            if (Array.Exists(StrangePrefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) || StrangeNames.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                environment.Remove(name);
            }
        }

        environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        environment["MSBUILDDISABLENODEREUSE"] = "1";
        environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        environment["DOTNET_NOLOGO"] = "1";
        environment["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false";
        // Its errors are read.
        environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
    }
}
