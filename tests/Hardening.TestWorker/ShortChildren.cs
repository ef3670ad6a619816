using System.Diagnostics;
using Hardening.Processes;

namespace Hardening.TestWorker;

/// <summary>Children that end at once, many at a time: with and without pipes, waited for, disposed at once, stopped, and some that do not start at all.</summary>
internal sealed class ShortChildren
{
    private const string Text = "short\n";

    private volatile bool _isEnding;
    private int _streamed;
    private Task<StartOutcome[]>[] _streams = [];

    public static ProcessStartInfo Child(string program, bool redirects) => new(program)
    {
        RedirectStandardInput = redirects,
        RedirectStandardOutput = redirects,
        RedirectStandardError = redirects,
    };

    public static async Task<StartOutcome> RunAsync(string program, bool redirects)
    {
        try
        {
            await using var process = SupervisedProcess.Start(Child(program, redirects));
            await process.WaitForExitAsync();
            return new StartOutcome(process.ExitCode, process.Exit!.Value.IsSupervisorLost);
        }
        catch (Exception e) // whatever it is, the test sees it
        {
            return StartOutcome.Of(e);
        }
    }

    /// <summary>Runs that many children to their end.</summary>
    /// <returns>What went wrong, for each kind once.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(int count, int atOnce)
    {
        var next = 0;
        var wrong = await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
        {
            List<string> found = [];
            while (Interlocked.Increment(ref next) is var number && number <= count)
            {
                if (await RunOneAsync(number % 8) is { } problem)
                {
                    found.Add(problem);
                }
            }

            return found;
        })));
        return [.. wrong.SelectMany(found => found).Distinct()];
    }

    /// <summary>Starts children, one after the other in each of so many streams, until <see cref="EndAsync"/>.</summary>
    public int Begin(int atOnce)
    {
        _isEnding = false;
        _streams = [.. Enumerable.Range(0, atOnce).Select(stream => Task.Run(() => StreamAsync(redirects: stream % 2 == 0)))];
        return atOnce;
    }

    /// <summary>How many of them have exited with 0 so far.</summary>
    public int Streamed => Volatile.Read(ref _streamed);

    public async Task<IReadOnlyList<StartOutcome>> EndAsync()
    {
        _isEnding = true;
        return [.. (await Task.WhenAll(_streams)).SelectMany(outcomes => outcomes)];
    }

    private async Task<StartOutcome[]> StreamAsync(bool redirects)
    {
        List<StartOutcome> outcomes = [];
        while (!_isEnding)
        {
            var outcome = await RunAsync("/bin/true", redirects);
            outcomes.Add(outcome);
            Interlocked.Add(ref _streamed, outcome.ExitCode == 0 ? 1 : 0);
        }

        return [.. outcomes];
    }

    private static async Task<string?> RunOneAsync(int kind)
    {
        try
        {
            return kind switch
            {
                0 => await RunEchoAsync(),
                1 => await DisposeAtOnceAsync(),
                2 => await StopAtOnceAsync(),
                3 => NotStarted(),
                4 => await RunLinesAsync(),
                _ => await RunAsync("/bin/true", redirects: kind == 5) is { ExitCode: 0 } ? null : "true did not exit with 0",
            };
        }
        catch (Exception e) // whatever it is, the test sees it
        {
            return e.ToString();
        }
    }

    private static async Task<string?> RunEchoAsync()
    {
        var result = await SupervisedProcess.RunAsync(new ProcessStartInfo("/bin/echo", [Text.Trim()]));
        return result is { Exit.ExitCode: 0, StandardOutput: Text } ? null : $"echo gave {result}";
    }

    private static async Task<string?> RunLinesAsync()
    {
        var lines = 0;
        using var process = SupervisedProcess.Start(new ProcessStartInfo("/bin/echo", [Text.Trim()]) { RedirectStandardOutput = true });
        process.OutputDataReceived += (_, line) => lines += line.Data is null ? 0 : 1;
        process.BeginOutputReadLine();
        await process.WaitForExitAsync();
        return lines == 1 ? null : $"{lines} lines came from echo";
    }

    private static async Task<string?> DisposeAtOnceAsync()
    {
        var process = SupervisedProcess.Start(new ProcessStartInfo("/bin/cat") { RedirectStandardInput = true, RedirectStandardOutput = true });
        process.Dispose();
        await process.WaitForExitAsync();
        return process.HasExited ? null : "a disposed child is not seen to exit";
    }

    private static async Task<string?> StopAtOnceAsync()
    {
        using var process = SupervisedProcess.Start(new ProcessStartInfo("/bin/sleep", ["60"]));
        return await process.StopAsync() is { Signal: 15 } ? null : $"a stopped child {process.Exit}";
    }

    private static string? NotStarted()
    {
        try
        {
            SupervisedProcess.Start(new ProcessStartInfo("/bin/true") { WorkingDirectory = "/no/such/directory", RedirectStandardOutput = true }).Dispose();
            return "a child started in a directory that does not exist";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
