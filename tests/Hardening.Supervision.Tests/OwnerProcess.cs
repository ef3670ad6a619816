using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Hardening.Supervision.Tests;

/// <summary>An application with supervised children (Hardening.TestWorker, Owner.cs), as a process of its own: tests must be able to kill it.</summary>
internal sealed class OwnerProcess : IDisposable
{
    /// <summary>What it exits with when it returns from Main.</summary>
    public const int ReturnCode = 3;

    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private OwnerProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts one whose children get directories in the marked one. It starts no supervisor until it is asked for something.</summary>
    public static OwnerProcess Start(Containment level, MarkedDirectory marked, TimeSpan? answerTimeout = null, int openDescriptors = 0, string? plainChild = null)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Hardening.TestWorker.dll"), "owner", level.ToString(), marked.FullName,
            Milliseconds(answerTimeout ?? TimeSpan.FromSeconds(30)), Milliseconds(TimeSpan.FromMilliseconds(300)), openDescriptors.ToString(CultureInfo.InvariantCulture),
            .. plainChild is null ? Array.Empty<string>() : [plainChild],
        ];
        return new OwnerProcess(Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = AppContext.BaseDirectory, // not the marked directory: what it starts beside its children is not marked
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
    }

    /// <summary>Gives a command and returns the answer.</summary>
    public async Task<JsonElement> AskAsync(string command, CancellationToken timeout)
    {
        var answer = await AnswerAsync(command, timeout);
        Assert.That(answer.TryGetProperty("Failure", out _), Is.False, $"{command}: {answer}");
        return answer;
    }

    /// <summary>Gives a command that may fail; null when it does not.</summary>
    public async Task<string?> AskForErrorAsync(string command, CancellationToken timeout) =>
        (await AnswerAsync(command, timeout)).TryGetProperty("Failure", out var failure) ? failure.GetString() : null;

    /// <summary>Gives a command that has no answer: it ends the owner.</summary>
    public async Task OrderAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
    }

    public async Task<int> SupervisorIdAsync(CancellationToken timeout)
    {
        var id = (await AskAsync("status", timeout)).GetProperty(nameof(ProcessTreeStatus.SupervisorId));
        return id.ValueKind == JsonValueKind.Number ? id.GetInt32() : throw new AssertionException("No supervisor runs.");
    }

    public Task WaitForExitAsync(CancellationToken timeout) => Eventually.HoldsAsync(() => _process.HasExited, "the owner has ended", timeout);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Signals.Send("KILL", Id); // alone: what it leaves is what is tested
            Assert.That(_process.WaitForExit(KillLimit), "The owner cannot be killed.");
        }

        _process.Dispose();
    }

    private async Task<JsonElement> AnswerAsync(string command, CancellationToken timeout)
    {
        await OrderAsync(command);
        var line = await _process.StandardOutput.ReadLineAsync(timeout);
        Assert.That(line, Is.Not.Null, () => $"The owner has ended instead of an answer to '{command}': {(_errors.Wait(KillLimit, timeout) ? _errors.Result : "")}");
        using var answer = JsonDocument.Parse(line!);
        return answer.RootElement.Clone();
    }

    private static string Milliseconds(TimeSpan time) => ((int)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
