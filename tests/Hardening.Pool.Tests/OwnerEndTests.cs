using System.Diagnostics;

namespace Hardening.Pool.Tests;

/// <summary>An application with a pool ends, in whatever way: nothing is left of it.</summary>
[CancelAfter(60_000)]
public sealed class OwnerEndTests
{
    [TestCase("TERM")]
    [TestCase("INT")]
    [TestCase("KILL")]
    public async Task Nothing_is_left(string signal, CancellationToken timeout)
    {
        using var marked = new MarkedDirectory();
        using var owner = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Hardening.TestWorker.dll"), "pool-owner", marked.FullName]) { WorkingDirectory = marked.FullName })!;
        await Marks.MadeAsync(Path.Combine(marked.FullName, "job"), timeout);
        Assert.That(marked.Processes, Has.Count.GreaterThanOrEqualTo(4), "the application, its supervisor, two workers and perhaps a spare one");
        Signals.Send(signal, owner.Id);
        await Eventually.HoldsAsync(() => owner.HasExited && marked.Processes.Count == 0, $"nothing is left after SIG{signal}", timeout);
    }
}
