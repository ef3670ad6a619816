namespace Hardening.Runtime.RabbitMq.Tests;

/// <summary>The broker that the other tests talk to: it must stand alone, and leave nothing.</summary>
public sealed class TestBrokerTests
{
    [Test, CancelAfter(240_000)]
    public async Task Starts_stops_dies_and_starts_again_and_leaves_no_process_and_no_file(CancellationToken timeout)
    {
        var broker = await TestBroker.StartAsync(timeout);
        string directory;
        await using (broker)
        {
            directory = ProcessScan.WorkingDirectory(broker.ProcessId)!;
            Assert.That(Path.GetFileName(directory), Does.StartWith("hardening-broker-"));
            var (port, first) = (broker.Port, broker.ProcessId);
            await broker.StopAsync(timeout);
            Assert.That((broker.IsRunning, ProcessScan.In(directory)), Is.EqualTo((false, Array.Empty<ScannedProcess>())));
            await broker.StartAgainAsync(timeout);
            Assert.That((broker.IsRunning, broker.Port), Is.EqualTo((true, port)));
            Assert.That(broker.ProcessId, Is.Not.EqualTo(first));
            await broker.KillAsync(timeout);
            Assert.That(broker.IsRunning, Is.False);
            await broker.StartAgainAsync(timeout);
            Assert.That(ProcessScan.In(directory).Select(process => process.Name), Does.Contain("beam.smp").And.No.Member("epmd"));
        }

        Assert.That(ProcessScan.In(directory), Is.Empty);
        Assert.That(Directory.Exists(directory), Is.False);
    }
}
