using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Hardening.Supervision.Tests;

/// <summary>An application in need (Hardening.TestWorker, Drill.cs), as a process of its own: what is exhausted or killed is never the tests'.</summary>
internal sealed class DrillProcess : IDisposable
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private DrillProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>Starts one. Before it becomes the application, a shell runs <paramref name="first"/>, which takes something away from it.</summary>
    public static DrillProcess Start(Containment level, string first = ":")
    {
        string[] arguments = ["-c", $"{first}; exec dotnet \"$@\"", "sh", Path.Combine(AppContext.BaseDirectory, "Hardening.TestWorker.dll"), "drill", level.ToString()];
        return new DrillProcess(Process.Start(new ProcessStartInfo("/bin/sh", arguments)
        {
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
    }

    /// <summary>Starts one that has used everything once, so that nothing is loaded for the first time when there is need.</summary>
    public static async Task<DrillProcess> StartWarmAsync(Containment level, CancellationToken timeout, string first = ":")
    {
        var drill = Start(level, first);
        foreach (var start in (string[])["start", "bare"])
        {
            Assert.That(await drill.StartAsync(start, timeout), Is.EqualTo(new StartOutcome(0)));
            Assert.That(await drill.StartAsync($"{start} /bin/true redirected", timeout), Is.EqualTo(new StartOutcome(0)));
            Assert.That(await drill.StartAsync($"{start} /no/such/file", timeout), Has.Property(nameof(StartOutcome.Code)).EqualTo(2));
        }

        return drill;
    }

    public async Task<T> AskAsync<T>(string command, CancellationToken timeout)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync(timeout);
        var line = await _process.StandardOutput.ReadLineAsync(timeout);
        Assert.That(line, Is.Not.Null, () => $"The application has ended instead of an answer to '{command}': {(_errors.Wait(KillLimit, timeout) ? _errors.Result : "")}");
        return JsonSerializer.Deserialize<T>(line!)!;
    }

    /// <summary>One start of a child that exits with 0: "start" or "bare" (<see cref="Process"/>), with what is to be started.</summary>
    public Task<StartOutcome> StartAsync(string command, CancellationToken timeout) => AskAsync<StartOutcome>(command.Contains(' ', StringComparison.Ordinal) ? command : command + " /bin/true", timeout);

    public Task<ProcessTreeStatus> StatusAsync(CancellationToken timeout) => AskAsync<ProcessTreeStatus>("status", timeout);

    public async Task<int> SupervisorIdAsync(CancellationToken timeout) => (await StatusAsync(timeout)).SupervisorId ?? throw new AssertionException("No supervisor runs.");

    /// <summary>Ends as an application ends, and takes its supervisor with it.</summary>
    public async Task EndAsync(CancellationToken timeout)
    {
        var supervisor = await SupervisorIdAsync(timeout);
        _process.StandardInput.Close();
        await Eventually.HoldsAsync(() => _process.HasExited, "the application has ended", timeout);
        Assert.That(_process.ExitCode, Is.Zero);
        await Eventually.HoldsAsync(() => ProcessScan.Find(supervisor) is not { State: not 'Z' }, "its supervisor has ended", timeout);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Signals.Send("KILL", Id);
            Assert.That(_process.WaitForExit(KillLimit), "The application cannot be killed.");
        }

        _process.Dispose();
    }
}

/// <summary>What a process uses, as the system counts it.</summary>
internal sealed record Usage(int Descriptors, int Threads, int Zombies, long PrivateBytes)
{
    public static Usage Of(int process) => new(
        Directory.GetFileSystemEntries($"/proc/{process}/fd").Length,
        Directory.GetFileSystemEntries($"/proc/{process}/task").Length,
        ProcessScan.ZombiesOf(process).Count,
        File.ReadLines($"/proc/{process}/smaps_rollup").Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)) * 1024);
}
