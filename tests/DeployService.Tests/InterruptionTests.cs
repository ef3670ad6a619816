namespace DeployService.Tests;

/// <summary>A run that does not come to its end leaves nothing on the machine either, least of all of the original.</summary>
[Platform("Linux")]
public sealed class InterruptionTests
{
    [Test, CancelAfter(120_000)]
    public async Task Ctrl_C_ends_all_that_the_original_has_left_and_the_load_ends_early_when_that_is_much(CancellationToken timeout)
    {
        using var directory = new MarkedDirectory();
        await using var sample = await Sample.StartAsync(directory.FullName, null, timeout, "legacy", "--requests", "5000", "--max-processes", "10");
        var line = await sample.ReadToAsync("the load ends early", timeout);
        Assert.That(line, Does.Match(@"^legacy: the load ends early: deployments had \d+ processes, and --max-processes is 10$"));
        Assert.That(directory.Processes, Is.Not.Empty);
        sample.Signal("INT");
        var (exitCode, _, error) = await sample.WaitForEndAsync(timeout);
        Assert.That(exitCode, Is.EqualTo(130), error);
        Assert.That(error.Trim(), Is.EqualTo("deploy-service: it was interrupted; all that it has started has ended."));
        await NothingIsLeftAsync(directory, timeout);
    }

    [Test, CancelAfter(120_000)]
    public async Task SIGKILL_of_the_driver_ends_all_that_the_original_has_left(CancellationToken timeout)
    {
        using var directory = new MarkedDirectory();
        await using var sample = await Sample.StartAsync(directory.FullName, null, timeout, "legacy", "--requests", "5000");
        await Eventually.HoldsAsync(() => directory.Processes.Any(process => process.Name == "sleep"), "deployments run", timeout);
        sample.Signal("KILL");
        await sample.WaitForEndAsync(timeout);
        await NothingIsLeftAsync(directory, timeout);
    }

    // Its supervisor goes last, a moment after the program itself.
    private static Task NothingIsLeftAsync(MarkedDirectory directory, CancellationToken timeout) =>
        Eventually.HoldsAsync(() => directory.Processes.Count == 0, "nothing is left", timeout);
}
