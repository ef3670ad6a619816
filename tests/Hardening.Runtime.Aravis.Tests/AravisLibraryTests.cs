using System.Net;
using Hardening.Interop;

namespace Hardening.Runtime.Aravis.Tests;

public sealed class AravisLibraryTests
{
    [Test]
    public void Names_the_package_when_the_library_is_missing()
    {
        var thrown = Assert.Throws<FrameSourceException>(() => AravisLibrary.Require("left", "libaravis-0.8.so.0", _ => false))!;
        Assert.That(thrown.Message, Does.Contain("libaravis-0.8.so.0 is not installed").And.Contain("apt-get install libaravis-0.8-0").And.Contain("'left'"));
    }

    [Test]
    public void Finds_a_socket_in_the_kernels_table()
    {
        string[] table =
        [
            "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops",
            "  104: 0100007F:0F74 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12345 2 0000000000000000 17",
            "  105: 0200007F:0F74 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12346 2 0000000000000000 0",
        ];
        Assert.That(UdpSocketTable.Find(table, new IPEndPoint(IPAddress.Loopback, 3956)), Is.EqualTo(new UdpSocketRow(12345, 17)));
        Assert.That(UdpSocketTable.Find(table, new IPEndPoint(IPAddress.Loopback, 3957)), Is.Null);
    }

    [Test, CancelAfter(60_000)]
    public void Closes_in_the_background_what_takes_long_and_in_order(CancellationToken timeout)
    {
        var teardown = Teardown.Of(IPAddress.Parse("192.0.2.200"));
        using var answer = new ManualResetEventSlim();
        var order = new List<int>();
        Assert.That(teardown.Run(() => { answer.Wait(timeout); order.Add(1); }, () => { }, TimeSpan.FromMilliseconds(1)), Is.False);
        Assert.That(teardown.Run(() => order.Add(2), () => { }, TimeSpan.Zero), Is.False);
        Assert.That(teardown.WaitUntilIdle(TimeSpan.Zero, TimeSpan.Zero, timeout), Is.False);
        answer.Set();
        Assert.That(teardown.WaitUntilIdle(TimeSpan.FromSeconds(20), TimeSpan.Zero, timeout));
        Assert.That(teardown.Run(() => order.Add(3), () => { }, TimeSpan.FromSeconds(20)));
        Assert.That(order, Is.Ordered.And.Count.EqualTo(3));
        Assert.That(Teardown.Of(IPAddress.Parse("192.0.2.200")), Is.SameAs(teardown));
    }

    [Test, CancelAfter(60_000)]
    public async Task Turns_are_taken_in_the_order_of_coming_and_one_that_left_is_passed_over(CancellationToken timeout)
    {
        var turns = new Turns();
        Assert.That(turns.TryBegin(TimeSpan.Zero), Is.True);
        Assert.That(turns.TryBegin(TimeSpan.Zero), Is.False, "taken; and this one has left");
        Assert.That(turns.TryBegin(TimeSpan.FromMilliseconds(5)), Is.False);
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var other = new Thread(() =>
        {
            if (turns.TryBegin(TimeSpan.FromSeconds(20)))
            {
                second.SetResult();
            }
        });
        other.Start();
        await Eventually.HoldsAsync(() => other.ThreadState.HasFlag(ThreadState.WaitSleepJoin), "the other waits for its turn", timeout);
        turns.End();
        await second.Task.WaitAsync(timeout); // handed over, past those that left
        Assert.That(turns.TryBegin(TimeSpan.Zero), Is.False);
        turns.End();
        Assert.That(turns.TryBegin(TimeSpan.Zero), Is.True);
    }
}
