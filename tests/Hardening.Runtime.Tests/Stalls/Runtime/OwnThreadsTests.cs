using System.IO.Pipes;
using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Runtime;

[Platform("Linux")]
public sealed class OwnThreadsTests
{
    [Test, CancelAfter(60_000)]
    public async Task A_thread_that_sleeps_for_a_lock_may_wait_and_one_that_reads_or_is_gone_does_not(CancellationToken timeout)
    {
        using var threads = new TestThreads();
        using var reader = new AnonymousPipeServerStream(PipeDirection.In);
        using var pipe = new AnonymousPipeClientStream(PipeDirection.Out, reader.ClientSafePipeHandle); // closed first: that ends a thread that reads
        var it = TestLock.Of(typeof(object));
        threads.StartOwner(it);
        var waiter = (await threads.StartWaitersAsync(it, 1, timeout))[0];
        var reads = threads.Start(() => _ = reader.ReadByte());

        Assert.That(OwnThreads.MayWait(waiter));
        await Eventually.HoldsAsync(() => !OwnThreads.MayWait(reads), "it reads", timeout);
        Assert.That(OwnThreads.Exists(reads));
        Assert.That(OwnThreads.Slices(waiter), Is.Positive);

        pipe.WriteByte(1);
        threads.Release();
        threads.Join();
        await Eventually.HoldsAsync(() => !OwnThreads.Exists(reads) && !OwnThreads.Exists(waiter), "the system has forgotten them", timeout);
        Assert.That(OwnThreads.MayWait(waiter), Is.False);
        Assert.That(OwnThreads.Slices(waiter), Is.Zero);
    }

    [TestCase(0), TestCase(-1), TestCase(int.MaxValue)]
    public void What_is_no_thread_does_not_exist(int id) => Assert.That(OwnThreads.Exists(id), Is.False);
}
