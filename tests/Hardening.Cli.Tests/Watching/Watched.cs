using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hardening.Cli.Watching;
using Hardening.Testing;

namespace Hardening.Cli.Tests.Watching;

/// <summary>A program that is watched, as a process of its own; and the tool, in this one.</summary>
internal sealed class Watched : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(100);

    private readonly Process _process;

    private Watched(Process process) => _process = process;

    public int Id => _process.Id;

    public static Watched Start(string program, params string[] arguments) => new(Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardError = true })!);

    /// <summary>Waits until it has so many threads: its start, which takes seconds on a busy machine, is not what is watched.</summary>
    public Task RunsAsync(int threads, CancellationToken stop) => Eventually.HoldsAsync(() => ProcessScan.ThreadStates(Id).Count >= threads, $"it has {threads} threads", stop);

    /// <summary>target.c, compiled once.</summary>
    public static Watched Native(string what, int threads) => Start(Program.Value, what, threads.ToString(CultureInfo.InvariantCulture));

    public static Lazy<string> Program { get; } = new(Compile);

    /// <summary>Runs <c>harden watch … --json</c>.</summary>
    public static async Task<(int Code, WatchResult? Result, string Error)> WatchAsync(CancellationToken stop, params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await HardenProgram.RunAsync(["watch", "--json", .. arguments], output, error, TimeProvider.System).WaitAsync(stop);
        return (code, output.ToString() is { Length: > 0 } text ? JsonSerializer.Deserialize<WatchResult>(text, Terminal.JsonForm) : null, error.ToString());
    }

    public Task<(int Code, WatchResult? Result, string Error)> WatchAsync(string time, CancellationToken stop, params string[] more) =>
        WatchAsync(stop, [Id.ToString(CultureInfo.InvariantCulture), "--for", time, "--interval", "100ms", .. more]);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Signals.Send("KILL", Id);
            Assert.That(_process.WaitForExit(s_limit), "The watched program cannot be killed.");
        }

        _process.Dispose();
    }

    private static string Compile()
    {
        var directory = Directory.CreateTempSubdirectory("hardening-watched-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        var program = Path.Combine(directory, "target");
        try
        {
            using var compiler = Process.Start(new ProcessStartInfo("cc", ["-O1", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", program, Path.Combine(AppContext.BaseDirectory, "Watching", "target.c")]) { RedirectStandardError = true })!;
            var errors = compiler.StandardError.ReadToEnd();
            Assert.That(compiler.WaitForExit(s_limit) && compiler.ExitCode == 0, errors);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("There is no C compiler (cc) on this machine.");
        }

        return program;
    }
}
