namespace Hardening.Runtime.RabbitMq.Tests;

/// <summary>Here, where one copy of it can be seen: it is a source of Hardening.Runtime and of Hardening.Runtime.RabbitMq.</summary>
public sealed class SingleLifeTests
{
    private int _ends;

    [SetUp]
    public void Forget() => _ends = 0;

    [Test]
    public void It_begins_once()
    {
        var life = new SingleLife("The pool 'a'", EndAtOnceAsync);
        Assert.That(life.HasBegun, Is.False);
        life.Begin(this);
        Assert.That(life.HasBegun);
        Assert.That(() => life.Begin(this), Throws.InvalidOperationException.With.Message.EqualTo("The pool 'a' was started before."));
    }

    [Test, CancelAfter(30_000)]
    public async Task It_does_not_begin_after_its_end_and_its_owner_is_named(CancellationToken timeout)
    {
        var life = new SingleLife("It", EndAtOnceAsync);
        await life.EndAsync(timeout);
        Assert.That(() => life.Begin(this), Throws.TypeOf<ObjectDisposedException>().With.Property("ObjectName").EqualTo(GetType().FullName));
        Assert.That((life.HasBegun, _ends), Is.EqualTo((false, 1)));
    }

    [Test, CancelAfter(30_000)]
    public async Task All_who_end_it_wait_for_one_end(CancellationToken timeout)
    {
        var goOn = new TaskCompletionSource();
        var life = new SingleLife("It", _ =>
        {
            Interlocked.Increment(ref _ends);
            return goOn.Task;
        });
        var all = Enumerable.Range(0, 8).Select(_ => life.EndAsync(CancellationToken.None)).ToList();
        Assert.That(all, Has.All.Property("IsCompleted").False);
        goOn.SetResult();
        await Task.WhenAll(all).WaitAsync(timeout);
        await life.EndAsync(timeout);
        Assert.That(_ends, Is.EqualTo(1));
    }

    [Test, CancelAfter(30_000)]
    public async Task Whoever_is_in_the_greatest_hurry_decides_for_all(CancellationToken timeout)
    {
        var life = new SingleLife("It", hurry => Task.Delay(Timeout.InfiniteTimeSpan, hurry).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default));
        var patient = life.EndAsync(CancellationToken.None);
        using var later = new CancellationTokenSource();
        var second = life.EndAsync(later.Token);
        Assert.That((patient.IsCompleted, second.IsCompleted), Is.EqualTo((false, false)));
        await later.CancelAsync();
        await Task.WhenAll(patient, second).WaitAsync(timeout);
    }

    [Test, CancelAfter(30_000)]
    public async Task The_hurry_cuts_the_end_short_and_not_the_wait_for_it(CancellationToken timeout)
    {
        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource();
        var life = new SingleLife("It", async hurry =>
        {
            await using var registration = hurry.UnsafeRegister(_ => cut.SetResult(), null);
            await goOn.Task;
        });
        var ending = life.EndAsync(new CancellationToken(canceled: true));
        await cut.Task.WaitAsync(timeout);
        Assert.That(ending.IsCompleted, Is.False, "it does not leave while something still runs");
        goOn.SetResult();
        await ending.WaitAsync(timeout);
    }

    [Test, CancelAfter(30_000)]
    public async Task An_end_that_blocks_keeps_nobody_from_asking(CancellationToken timeout)
    {
        using var goOn = new ManualResetEventSlim();
        var life = new SingleLife("It", _ =>
        {
            goOn.Wait(timeout);
            return Task.CompletedTask;
        });
        var first = life.EndAsync(timeout);
        var second = life.EndAsync(timeout); // would wait for the lock, if that were held
        Assert.That((first.IsCompleted, second.IsCompleted), Is.EqualTo((false, false)));
        goOn.Set();
        await Task.WhenAll(first, second).WaitAsync(timeout);
    }

    [Test, CancelAfter(30_000)]
    public void What_the_end_throws_is_told_to_all(CancellationToken timeout)
    {
        var life = new SingleLife("It", _ => throw new IOException("the disk"));
        Assert.That(async () => await life.EndAsync(timeout), Throws.TypeOf<IOException>());
        Assert.That(async () => await life.EndAsync(timeout), Throws.TypeOf<IOException>());
    }

    private Task EndAtOnceAsync(CancellationToken hurry)
    {
        Interlocked.Increment(ref _ends);
        return Task.CompletedTask;
    }
}
