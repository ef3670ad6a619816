using System.Diagnostics;

namespace Hardening.Supervision.Tests;

/// <summary>A child that misbehaves, started without the product.</summary>
internal sealed class Worker : IDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly MarkedDirectory _marked;

    private Worker(Process process, MarkedDirectory marked)
    {
        _process = process;
        _marked = marked;
        Output = process.StandardOutput.ReadToEndAsync();
        Error = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public Task<string> Output { get; }

    public Task<string> Error { get; }

    public StreamWriter Input => _process.StandardInput;

    public IReadOnlyList<ScannedProcess> Processes => _marked.Processes;

    public int? Announced => _marked.Announced("child");

    /// <summary>Starts it and waits until it stands complete.</summary>
    public static async Task<Worker> StandAsync(CancellationToken timeout, params string[] command)
    {
        var worker = Start(command);
        await worker._marked.StandsAsync(timeout, "child");
        return worker;
    }

    public static Worker Start(params string[] command)
    {
        Requirements.Python();
        var marked = new MarkedDirectory();
        return new Worker(Process.Start(Misbehaving.Child(marked.Child("child"), command))!, marked);
    }

    public async Task<int> WaitForExitAsync(CancellationToken timeout)
    {
        await Eventually.HoldsAsync(() => _process.HasExited, "the child has ended", timeout);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        _marked.Dispose();
        Assert.That(_process.WaitForExit(EndLimit), "It cannot be killed.");
        _process.Dispose();
    }
}
