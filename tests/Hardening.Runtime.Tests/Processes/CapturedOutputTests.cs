using System.Text;
using Hardening.Interop;
using Hardening.Processes;

namespace Hardening.Runtime.Tests.Processes;

/// <summary>The bounded buffer between a child and its readers, and the pump that fills it; with pipes and a clock of the test's own.</summary>
public sealed class CapturedOutputTests
{
    private const int Capacity = 4096;

    private static readonly TimeSpan ReaderTimeout = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly List<int> _cuts = [];
    private CapturedOutput _output = null!;

    [SetUp]
    public void Make()
    {
        _cuts.Clear();
        _output = new CapturedOutput(Capacity, ReaderTimeout, _time, _cuts.Add);
    }

    [Test]
    public void A_full_buffer_that_nobody_reads_keeps_the_newest_bytes_and_counts_the_rest()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.That(Write(Enumerable.Repeat((byte)i, 100)).IsCompletedSuccessfully, "nobody reads, so nothing waits");
        }

        Assert.That(_output.TakeAll(), Is.EqualTo(Enumerable.Range(0, 10_000).Select(i => (byte)(i / 100)).TakeLast(Capacity)));
        Assert.That((_output.CutBytes, _cuts.Sum()), Is.EqualTo((10_000L - Capacity, 10_000 - Capacity)));
    }

    [Test]
    public void Nothing_is_cut_of_what_just_fits()
    {
        Assert.That(Write(new byte[Capacity]).IsCompletedSuccessfully);
        _output.Complete();
        Assert.That((_output.TakeAll().Length, _output.CutBytes), Is.EqualTo((Capacity, 0L)));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_full_buffer_waits_for_a_reader_and_nothing_is_lost()
    {
        await Write(new byte[10]);
        Assert.That(_output.Read(new byte[4]), Is.EqualTo(4)); // from now on there is a reader
        var write = Write(new byte[Capacity]);
        _time.Advance(ReaderTimeout * 0.9);
        Assert.That(write.IsCompleted, Is.False);
        for (var i = 0; i < 3; i++)
        {
            Assert.That(_output.Read(new byte[2]), Is.EqualTo(2));
        }

        await write;
        Assert.That((_output.CutBytes, _output.TakeAll().Length), Is.EqualTo((0L, Capacity)));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_reader_that_stops_reading_holds_the_child_back_no_longer_than_it_may()
    {
        await Write(new byte[10]);
        _output.Read(new byte[10]);
        var write = Write(new byte[Capacity]);
        await write;
        write = Write(new byte[100]);
        Assert.That(write.IsCompleted, Is.False);
        _time.Advance(ReaderTimeout);
        await write;
        Assert.That(_output.CutBytes, Is.EqualTo(100));
        Assert.That(Write(new byte[100]).IsCompleted, "it counts as gone from then on");
        _output.Read(new byte[50]);
        await Write(new byte[50]);
        write = Write(new byte[100]);
        Assert.That(write.IsCompleted, Is.False, "until it reads again");
        _output.NoteNoReader();
        await write;
    }

    [Test, CancelAfter(30_000)]
    public async Task The_rest_of_the_pipe_waits_for_no_reader_once_the_tree_has_ended()
    {
        await Write(new byte[10]);
        _output.Read(new byte[10]);
        await Write(new byte[Capacity]);
        var held = Write(new byte[100]);
        Assert.That(held.IsCompleted, Is.False);
        _output.NoteTreeEnded();
        await held;
        await Write(new byte[Capacity]);
        Assert.That((_output.CutBytes, _output.TakeAll().Length), Is.EqualTo((0L, (2 * Capacity) + 100)));
    }

    [Test, CancelAfter(30_000)]
    public async Task Readers_wait_for_bytes_and_come_to_the_end(CancellationToken timeout)
    {
        var async = _output.ReadAsync(new byte[10], timeout);
        var blocking = Task.Factory.StartNew(() => _output.Read(new byte[10]), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Eventually.HoldsAsync(() => _output.Reads == 2, "both wait", timeout);
        Assert.That((async.IsCompleted, blocking.IsCompleted), Is.EqualTo((false, false)));
        await Write(new byte[15]);
        Assert.That(await async + await blocking, Is.EqualTo(15));
        var last = _output.ReadAsync(new byte[10], timeout);
        _output.Complete();
        Assert.That((await last, _output.Read(new byte[10])), Is.EqualTo((0, 0)));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_cancelled_read_takes_nothing()
    {
        using var cancel = new CancellationTokenSource();
        var read = _output.ReadAsync(new byte[10], cancel.Token).AsTask();
        await cancel.CancelAsync();
        Assert.That((await Assert.CatchAsync<OperationCanceledException>(() => read))!.CancellationToken, Is.EqualTo(cancel.Token));
        await Write(new byte[5]);
        Assert.That(_output.TakeAll(), Has.Length.EqualTo(5));
    }

    [Test]
    public void The_ring_keeps_the_order_through_any_sizes()
    {
        var ring = new ByteRing(Capacity);
        var random = new Random(1);
        var expected = new Queue<byte>();
        byte next = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var added = Enumerable.Range(0, random.Next(Math.Min(ring.Room, 700) + 1)).Select(_ => next++).ToArray();
            ring.Add(added);
            Array.ForEach(added, expected.Enqueue);
            var taken = new byte[random.Next(900)];
            taken = taken[..ring.Take(taken)];
            Assert.That(taken, Is.EqualTo(Enumerable.Range(0, taken.Length).Select(_ => expected.Dequeue()).ToArray()));
            var dropped = random.Next(Math.Min(ring.Count, 50) + 1);
            ring.Drop(dropped);
            for (var d = 0; d < dropped; d++)
            {
                expected.Dequeue();
            }

            Assert.That((ring.Count, ring.Room), Is.EqualTo((expected.Count, Capacity - expected.Count)));
        }
    }

    [Test, CancelAfter(30_000)]
    public async Task The_pump_reads_to_the_end_of_the_pipe_and_closes_it(CancellationToken timeout)
    {
        var (read, write) = Libc.OpenPipe();
        var pump = new OutputPump(read, new TaskCompletionSource().Task, _output, Capacity, _time);
        await using (var pipe = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(write.DangerousGetHandle(), ownsHandle: false), FileAccess.Write, 0))
        {
            pipe.Write("abc"u8);
            var bytes = new byte[10];
            Assert.That(await _output.ReadAsync(bytes, timeout), Is.EqualTo(3));
            pipe.Write("def"u8);
        }

        Assert.That(pump.Ended.IsCompleted, Is.False);
        write.Dispose();
        await pump.Ended.WaitAsync(timeout);
        Assert.That((Encoding.ASCII.GetString(_output.TakeAll()), read.IsClosed), Is.EqualTo(("def", true)));
    }

    [Test, CancelAfter(30_000)]
    public async Task The_pump_leaves_a_pipe_that_somebody_holds_when_the_tree_has_ended(CancellationToken timeout)
    {
        var (read, write) = Libc.OpenPipe();
        using (write)
        {
            var tree = new TaskCompletionSource();
            var pump = new OutputPump(read, tree.Task, _output, Capacity, _time);
            await using var pipe = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(write.DangerousGetHandle(), ownsHandle: false), FileAccess.Write, 0);
            pipe.Write("last words"u8);
            tree.SetResult();
            await Eventually.HoldsAsync(() => _time.WaitingTimers > 0, "the pump waits a last time", timeout);
            while (!pump.Ended.IsCompleted)
            {
                timeout.ThrowIfCancellationRequested();
                _time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            Assert.That((Encoding.ASCII.GetString(_output.TakeAll()), read.IsClosed), Is.EqualTo(("last words", true)));
        }
    }

    private Task Write(IEnumerable<byte> bytes) => _output.WriteAsync(bytes.ToArray()).AsTask();
}
