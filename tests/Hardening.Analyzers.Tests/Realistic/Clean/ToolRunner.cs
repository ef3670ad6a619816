using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Build.Tools;

public sealed record ToolResult(int ExitCode, string Output, string Errors);

/// <summary>Runs a tool to its end, reads both of its pipes meanwhile, and ends it with its children when it takes too long.</summary>
public sealed class ToolRunner(TimeSpan limit)
{
    public async Task<ToolResult> RunAsync(string tool, IEnumerable<string> arguments, CancellationToken token)
    {
        var start = new ProcessStartInfo(tool)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{tool} did not start.");
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(token);
        timeout.CancelAfter(limit);
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var errors = process.StandardError.ReadToEndAsync(timeout.Token);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return new ToolResult(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process);
            token.ThrowIfCancellationRequested();
            throw new TimeoutException($"{tool} did not end within {limit}.");
        }
    }

    public int RunQuietly(string tool, string argument, out string[] lines)
    {
        var read = new List<string>();
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(tool) { RedirectStandardOutput = true };
        process.StartInfo.ArgumentList.Add(argument);
        process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is not null)
            {
                lock (read)
                {
                    read.Add(e.Data);
                }
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(5));
        }

        lock (read)
        {
            lines = [.. read];
        }

        return process.HasExited ? process.ExitCode : -1;
    }

    private static async Task EndAsync(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await process.WaitForExitAsync(patience.Token);
        }
        catch (InvalidOperationException)
        {
            return;
        }
    }
}
