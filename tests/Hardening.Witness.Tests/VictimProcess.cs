using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hardening.Stalls;
using Hardening.Witness.Victim;

namespace Hardening.Witness.Tests;

/// <summary>An application with a fault and a witness (Hardening.Witness.Victim), as a process of its own.</summary>
internal sealed class VictimProcess : IDisposable
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(30);
    private static readonly string SourcePath = Path.Combine(Baseline.RepositoryRoot, "tests", "Hardening.Witness.Victim", "Faults.cs");
    private static readonly string[] Sources = File.ReadAllLines(SourcePath);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private VictimProcess(Process process)
    {
        _process = process;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>What it logged, each line with the number of its event.</summary>
    public string Log
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    public static VictimProcess Start(string fault, int count, VictimOptions? options = null, string? directory = null) => new(Process.Start(new ProcessStartInfo(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "Hardening.Witness.Victim.dll"), fault, count.ToString(CultureInfo.InvariantCulture), JsonSerializer.Serialize(options ?? new VictimOptions([]))])
    {
        WorkingDirectory = directory,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!);

    /// <summary>That of <c>Faults.cs</c>.</summary>
    public static string Checksum => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(SourcePath)));

    /// <summary>The line of <c>Faults.cs</c> with this mark.</summary>
    public static int LineOf(string mark) => Array.FindIndex(Sources, line => line.EndsWith("// " + mark, StringComparison.Ordinal)) + 1;

    /// <summary>Whether a frame is at the line with this mark.</summary>
    public static bool IsAt(ThreadStackFrame frame, string mark, int lineOffset = 0) => frame.Line == LineOf(mark) + lineOffset && frame.File is { } file && file.EndsWith("Faults.cs", StringComparison.Ordinal);

    /// <summary>The threads of a capture with a frame at the line with this mark.</summary>
    public static IReadOnlyList<int> ThreadsAt(ThreadStackCapture capture, string mark, int lineOffset = 0) => [.. capture.Threads.Where(thread => thread.Frames.Any(frame => IsAt(frame, mark, lineOffset))).Select(thread => thread.ThreadId)];

    public async Task<VictimCapture> CaptureAsync(CancellationToken timeout, int limit = 20_000) => (await AskAsync<VictimCapture>($"capture {limit}", timeout))!;

    public async Task<VictimLook> LookAsync(CancellationToken timeout) => (await AskAsync<VictimLook>("look", timeout))!;

    /// <summary>Returns once the witness runs and has taken its first look.</summary>
    public Task<VictimLook> ReadyAsync(CancellationToken timeout) => LookUntilAsync(look => look.IsReady, timeout);

    /// <summary>Looks again and again until it sees what is wanted.</summary>
    public async Task<VictimLook> LookUntilAsync(Func<VictimLook, bool> isWanted, CancellationToken timeout)
    {
        VictimLook look;
        while (!isWanted(look = await LookAsync(timeout)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), timeout);
        }

        return look;
    }

    /// <summary>Captures again and again until it has what is wanted.</summary>
    public async Task<ThreadStackCapture> CaptureUntilAsync(Func<ThreadStackCapture, bool> isWanted, CancellationToken timeout)
    {
        ThreadStackCapture capture;
        while (!isWanted(capture = (await CaptureAsync(timeout)).Capture))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), timeout);
        }

        return capture;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Signals.Send("KILL", Id);
            Assert.That(_process.WaitForExit(KillLimit), "The victim cannot be killed.");
        }

        _process.Dispose();
    }

    private async Task<T?> AskAsync<T>(string command, CancellationToken timeout)
    {
        await _process.StandardInput.WriteLineAsync(command.AsMemory(), timeout);
        await _process.StandardInput.FlushAsync(timeout);
        var line = await _process.StandardOutput.ReadLineAsync(timeout) ?? throw new AssertionException($"The victim has ended instead of an answer to '{command}': {Log}");
        return JsonSerializer.Deserialize<T>(line);
    }
}
