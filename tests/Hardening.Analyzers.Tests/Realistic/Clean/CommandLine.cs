using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Shared.Commands;

public readonly record struct CommandResult(int ExitCode, string Output, string Errors)
{
    public bool Succeeded => ExitCode == 0;
}

/// <summary>One command with its arguments; it is run to its end, and with its children it is ended when nobody wants it any more.</summary>
public sealed class CommandLine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ProcessStartInfo _info;
    private TimeSpan _limit = TimeSpan.FromMinutes(5);

    private CommandLine(string program) => _info = new ProcessStartInfo(program)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardOutputEncoding = Encoding.UTF8,
        StandardErrorEncoding = Encoding.UTF8,
    };

    public static CommandLine Of(string program) => new(program);

    public CommandLine With(params IEnumerable<string> arguments)
    {
        foreach (var argument in arguments)
        {
            _info.ArgumentList.Add(argument);
        }

        return this;
    }

    public CommandLine In(string folder)
    {
        _info.WorkingDirectory = folder;
        return this;
    }

    public CommandLine Within(TimeSpan limit)
    {
        _limit = limit;
        return this;
    }

    public async Task<CommandResult> RunAsync(CancellationToken token = default)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(token);
        limited.CancelAfter(_limit);
        using var process = Start();
        var output = process.StandardOutput.ReadToEndAsync(limited.Token);
        var errors = process.StandardError.ReadToEndAsync(limited.Token);
        try
        {
            await Task.WhenAll(output, errors, process.WaitForExitAsync(limited.Token)).ConfigureAwait(false);
        }
        finally
        {
            if (!process.HasExited)
            {
                await EndAsync(process).ConfigureAwait(false);
            }
        }

        return new CommandResult(process.ExitCode, await output, await errors);
    }

    public async Task<string> OutputAsync(CancellationToken token = default)
    {
        var result = await RunAsync(token).ConfigureAwait(false);
        return result.Succeeded
            ? result.Output
            : throw new InvalidOperationException($"{_info.FileName} ended with {result.ExitCode}: {result.Errors}");
    }

    private Process Start() => Process.Start(_info) ?? throw new InvalidOperationException($"{_info.FileName} did not start.");

    private static async Task EndAsync(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception failure) when (failure is InvalidOperationException or Win32Exception)
        {
            // It has ended by itself meanwhile.
        }

        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
