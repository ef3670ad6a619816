using System.Runtime.InteropServices;
using Hardening.Testing;

namespace Hardening.Package.Tests.Publishing;

/// <summary>However an application is published, its supervisor comes with it: it starts, is its own pool worker, and leaves no child.</summary>
public sealed class PublishTests
{
    [TestCase(false, false)]
    [TestCase(false, true)]
    [TestCase(true, false)]
    [TestCase(true, true)]
    [CancelAfter(240_000)]
    public async Task A_published_application_has_a_pool_and_leaves_no_child(bool isSelfContained, bool isSingleFile, CancellationToken timeout)
    {
        var folder = Path.Combine(PackedRuntime.Folder, $"published-{isSelfContained}-{isSingleFile}");
        var platform = $"linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        var published = await Dotnet.RunAsync(PackedRuntime.Application, PackedRuntime.Packages, timeout,
            "publish", "-r", platform, "--self-contained", $"{isSelfContained}", $"-p:PublishSingleFile={isSingleFile}", "-o", folder);
        Assert.That(published.ExitCode, Is.Zero, published.Output);
        Assert.That(File.Exists(Path.Combine(folder, "Application.dll")), Is.EqualTo(!isSingleFile));
        Assert.That(File.Exists(Path.Combine(folder, "hardening-worker", "hardening_worker.py")), "what runs Python scripts");
        Assert.That(File.Exists(Path.Combine(folder, "libcoreclr.so")), Is.EqualTo(isSelfContained && !isSingleFile));

        using (var stopped = new RunningApplication(folder, isSelfContained))
        {
            var (containment, supervisor, worker) = await stopped.ContainmentAsync(timeout);
            Assert.That(containment, Is.AnyOf("Cgroup", "Subreaper"));
            Assert.That(worker, Is.Not.EqualTo(stopped.Id).And.Not.EqualTo(supervisor), "The job was done by a worker.");
            Assert.That(await stopped.StopAsync(timeout), Is.EqualTo("ended by signal 15"));
            Assert.That(stopped.Children, Is.Empty);
            await stopped.WaitForExitAsync(timeout);
            Assert.That(stopped.ExitCode, Is.Zero);
        }

        // The guard ends the children: it must know how to start the sweep in this application, too.
        using (var killed = new RunningApplication(folder, isSelfContained))
        {
            var (_, supervisor, _) = await killed.ContainmentAsync(timeout);
            Signals.Stop(killed.Id, supervisor);
            Signals.Send("KILL", killed.Id, supervisor);
            await killed.WaitForExitAsync(timeout);
            await Eventually.HoldsAsync(() => killed.Children.Count == 0, "its children have ended", timeout);
        }
    }
}
