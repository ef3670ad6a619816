using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Batch.Shell;

public sealed record Job(string Name, string Script)
{
    public TimeSpan Limit { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>Runs scripts of the night, again and again until they succeed.</summary>
public class JobShell
{
    private readonly TextWriter _journal;

    public JobShell(TextWriter journal) => _journal = journal;

    public bool RunUntilItSucceeds(Job job, CancellationToken token)
    {
        int exitCode;
        do
        {
            using var script = Process.Start("/bin/sh", [job.Script]); // HRD3011
            if (!script.WaitForExit(job.Limit))
            {
                Terminate(script);
                return false;
            }

            exitCode = script.ExitCode;
            _journal.WriteLine($"{job.Name} ended with {exitCode}");
        }
        while (exitCode != 0 && !token.IsCancellationRequested);
        return exitCode == 0;
    }

    public async Task<int> RunAsync(Job job, CancellationToken token)
    {
        var info = new ProcessStartInfo("/bin/sh") { Arguments = "-c '" + job.Script + " > " + job.Name + ".log'" }; // HRD3012
        var script = Process.Start(info) ?? throw new IOException("There is no shell."); // HRD3001
        try
        {
            await script.WaitForExitAsync(token);
        }
        catch (OperationCanceledException)
        {
            script.Kill(); // HRD3003
            throw;
        }

        return script.ExitCode;
    }

    public async Task<bool> CheckAsync(Job job)
    {
        var info = new ProcessStartInfo("shellcheck", [job.Script]) { RedirectStandardOutput = true };
        using var check = Process.Start(info)!;
        await check.WaitForExitAsync(); // HRD3006
        var text = await check.StandardOutput.ReadToEndAsync();
        await _journal.WriteLineAsync(text);
        return check.ExitCode == 0;
    }

    // The script has a trap for the signal, in which it cleans up.
    private void Terminate(Process script)
    {
        var kill = new ProcessStartInfo("kill") { ArgumentList = { "-15", $"{script.Id}" } };
        using var killer = Process.Start(kill); // HRD3008
        _journal.WriteLine($"{script.Id} was asked to end");
    }
}

public static class JobFiles
{
    public static string LogOf(Job job, string folder) => Path.Combine(folder, job.Name + ".log");

    public static void Rotate(Job job, string folder, int keep)
    {
        for (var number = keep; number > 0; number--)
        {
            var from = number == 1 ? LogOf(job, folder) : $"{LogOf(job, folder)}.{number - 1}";
            if (File.Exists(from))
            {
                File.Move(from, $"{LogOf(job, folder)}.{number}", overwrite: true);
            }
        }
    }
}
