using System.Globalization;
using static Hardening.Witness.Tests.VictimProcess;

namespace Hardening.Witness.Tests;

/// <summary>The witness comes back, goes with its owner, costs little and leaves nothing.</summary>
[CancelAfter(120_000)]
public sealed class LifeTests
{
    private const int Captures = 50;
    private const int Few = Captures / 3; // a leak is one for each

    [Test]
    public async Task A_witness_that_was_killed_is_started_again(CancellationToken timeout)
    {
        using var victim = Start("sleep", count: 1);
        var before = await victim.ReadyAsync(timeout);
        Signals.Send("KILL", before.WitnessId!.Value);
        _ = await victim.LookUntilAsync(look => look is { IsReady: true, WitnessId: { } id } && id != before.WitnessId, timeout);
        _ = await victim.CaptureUntilAsync(capture => ThreadsAt(capture, "sleeper").Count == 1, timeout);
    }

    [Test]
    public async Task No_witness_outlives_its_owner(CancellationToken timeout)
    {
        using var victim = Start("idle", count: 0);
        var witness = ProcessScan.Find((await victim.ReadyAsync(timeout)).WitnessId!.Value)!;
        Assert.That(witness.IsAlive);
        Signals.Send("KILL", victim.Id);
        await Eventually.HoldsAsync(() => !witness.IsAlive, "the witness has ended", timeout);
    }

    [Test]
    public async Task An_owner_that_is_held_goes_on_when_its_witness_is_killed(CancellationToken timeout)
    {
        using var victim = Start("many", count: 400);
        for (var round = 0; round < 3; round++)
        {
            var witness = (await victim.ReadyAsync(timeout)).WitnessId!.Value;
            var capture = victim.CaptureAsync(timeout);
            await Eventually.HoldsAsync(() => capture.IsCompleted || ProcessScan.ThreadStates(victim.Id).Contains('t'), "threads are held", timeout);
            Signals.Send("KILL", witness);
            _ = await capture; // it answers, whatever it has
            await Eventually.HoldsAsync(() => !ProcessScan.ThreadStates(victim.Id).Intersect("tT").Any(), "no thread is left stopped", timeout);
            _ = await victim.LookUntilAsync(look => look.WitnessId is { } id && id != witness, timeout);
        }
    }

    [Test]
    public async Task Fifty_captures_leave_nothing(CancellationToken timeout)
    {
        using var victim = Start("convoy", count: 20);
        _ = await victim.ReadyAsync(timeout);
        _ = await victim.CaptureAsync(timeout);
        var before = await victim.LookAsync(timeout);
        var witness = before.WitnessId!.Value;
        var (descriptors, threads) = (Entries(witness, "fd"), Entries(witness, "task"));
        List<(double Took, double Gap)> figures = [];
        for (var i = 0; i < Captures; i++)
        {
            var taken = await victim.CaptureAsync(timeout);
            Assert.That(taken.Capture.Missing, Is.Null);
            Assert.That(taken.Capture.Locks, Has.Count.EqualTo(1));
            figures.Add((taken.Capture.Duration.TotalMilliseconds, taken.Gap));
        }

        var after = await victim.LookAsync(timeout);
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"capture: median {Median(figures.Select(figure => figure.Took)):N1} ms, most {figures.Max(figure => figure.Took):N1} ms; gap of a heartbeat: median {Median(figures.Select(figure => figure.Gap)):N1} ms, most {figures.Max(figure => figure.Gap):N1} ms; {Status(witness, "VmRSS")}"));
        Assert.Multiple(() =>
        {
            Assert.That(after.WitnessId, Is.EqualTo(witness));
            Assert.That(after.Descriptors, Is.LessThanOrEqualTo(before.Descriptors + Few));
            Assert.That(after.Threads, Is.LessThanOrEqualTo(before.Threads + Few), "the pool may have added some");
        });
        await Eventually.HoldsAsync(() => ProcessScan.ZombiesOf(victim.Id, witness).Count == 0, "all are reaped", timeout);
        await Eventually.HoldsAsync(() => Entries(witness, "fd") <= descriptors + Few && Entries(witness, "task") <= threads + Few, "the witness holds no more than before", timeout);
    }

    [Test]
    public async Task A_walk_that_would_take_too_long_gives_what_it_has_and_says_so(CancellationToken timeout)
    {
        using var victim = Start("many", count: 600, new([], WalkLimit: 60, UseSampleProfiler: false));
        _ = await victim.ReadyAsync(timeout);
        var capture = (await victim.CaptureAsync(timeout)).Capture;
        Assert.That(capture.Missing, Does.Contain("WalkLimit").Or.Contain("did not stop within").Or.Contain("was given up"));
        Assert.That(capture.Threads, Has.Count.LessThan(600));
    }

    [Test]
    public async Task Nothing_is_held_while_a_thread_waits_for_a_device(CancellationToken timeout)
    {
        using var marked = new MarkedDirectory(); // what is left of the victim is ended with it
        using var victim = Start("device", count: 0, directory: marked.FullName);
        _ = await victim.ReadyAsync(timeout);
        await Eventually.HoldsAsync(() => ProcessScan.ThreadStates(victim.Id).Contains('D'), "a thread is in uninterruptible sleep", timeout);
        var capture = (await victim.CaptureAsync(timeout)).Capture;
        Assert.That(capture.Threads, Is.Empty);
        Assert.That(capture.Missing, Does.Contain("state D"));
        await File.WriteAllTextAsync(Path.Combine(marked.FullName, "never"), "", timeout);
        Assert.That((await victim.CaptureUntilAsync(capture => capture.Threads.Count > 0, timeout)).Missing, Is.Null);
    }

    [Test]
    public async Task A_witness_that_hangs_costs_no_more_than_the_limit(CancellationToken timeout)
    {
        using var victim = Start("idle", count: 0);
        var witness = (await victim.ReadyAsync(timeout)).WitnessId!.Value;
        Signals.Stop(witness);
        var capture = (await victim.CaptureAsync(timeout, limit: 300)).Capture;
        Assert.That(capture.Missing, Is.EqualTo("The witness did not answer within 0.3 s."));
        Signals.Send("CONT", witness);
        _ = await victim.CaptureUntilAsync(capture => capture.Missing is null, timeout); // its late answer is not taken for another
    }

    [Test]
    public async Task A_request_before_the_witness_is_ready_says_so_after_its_limit(CancellationToken timeout)
    {
        using var victim = Start("idle", count: 0);
        Assert.That((await victim.CaptureAsync(timeout, limit: 1)).Capture.Missing, Does.Contain("was not ready within 0.001 s"));
    }

    [Test]
    public async Task Requests_that_follow_each_other_too_fast_are_not_met(CancellationToken timeout)
    {
        using var victim = Start("idle", count: 0, new([], CoolDown: 3_600_000));
        Assert.That((await victim.CaptureAsync(timeout)).Capture.Missing ?? "", Does.Not.Contain("CoolDown"));
        Assert.That((await victim.CaptureAsync(timeout)).Capture.Missing, Does.Contain("CoolDown"));
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToList() is var sorted ? sorted[sorted.Count / 2] : 0;

    private static int Entries(int process, string what) => Directory.GetFileSystemEntries($"/proc/{process}/{what}").Length;

    private static string Status(int process, string name) => File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
}
