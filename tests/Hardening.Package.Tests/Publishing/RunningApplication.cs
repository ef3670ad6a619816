using System.Diagnostics;
using System.Globalization;
using Hardening.Testing;

namespace Hardening.Package.Tests.Publishing;

/// <summary>A published application that runs, with its child in a marked directory.</summary>
internal sealed class RunningApplication : IDisposable
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly MarkedDirectory _marked = new();
    private readonly Task<string> _errors;

    /// <param name="folder">What was published.</param>
    /// <param name="isSelfContained">It gets no hint of where .NET is installed, and would not find it by itself.</param>
    public RunningApplication(string folder, bool isSelfContained)
    {
        var dotnet = Path.GetDirectoryName(new FileInfo(Environment.ProcessPath!).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Environment.ProcessPath!);
        _process = Process.Start(new ProcessStartInfo(Path.Combine(folder, "Application"), [_marked.FullName])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PATH"] = "/bin:/usr/bin", ["DOTNET_ROOT"] = isSelfContained ? "/nowhere" : dotnet },
        })!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <summary>Who works for it as its children.</summary>
    public IReadOnlyList<ScannedProcess> Children => _marked.Processes;

    /// <summary>Waits until it has said what contains its children, who supervises them, and which process is the worker of its pool.</summary>
    public async Task<(string Containment, int Supervisor, int Worker)> ContainmentAsync(CancellationToken timeout)
    {
        var words = (await ReadLineAsync(timeout)).Split(' ');
        await Eventually.HoldsAsync(() => Children.Count(child => child.Name == "sleep") == 2, "its children run", timeout);
        return (words[0], int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture));
    }

    public async Task<string> StopAsync(CancellationToken timeout)
    {
        await _process.StandardInput.WriteLineAsync("stop");
        await _process.StandardInput.FlushAsync(timeout);
        return await ReadLineAsync(timeout);
    }

    public Task WaitForExitAsync(CancellationToken timeout) => Eventually.HoldsAsync(() => _process.HasExited, "the application has ended", timeout);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Signals.Send("KILL", Id);
            Assert.That(_process.WaitForExit(KillLimit), "The application cannot be killed.");
        }

        _process.Dispose();
        _marked.Dispose();
    }

    private async Task<string> ReadLineAsync(CancellationToken timeout) =>
        await _process.StandardOutput.ReadLineAsync(timeout) ?? throw new AssertionException($"The application has ended: {await _errors}");
}
