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
        _output.NoteNoReader();
        for (var i = 0; i < 100; i++)
        {
            Write(Enumerable.Repeat((byte)i, 100));
        }

        Assert.That(_output.TakeAll(), Is.EqualTo(Enumerable.Range(0, 10_000).Select(i => (byte)(i / 100)).TakeLast(Capacity)));
        Assert.That((_output.CutBytes, _cuts.Sum(), _output.IsHeld), Is.EqualTo((10_000L - Capacity, 10_000 - Capacity, false)));
    }

    [Test]
    public void Nothing_is_cut_of_what_just_fits()
    {
        Write(new byte[Capacity]);
        _output.Complete();
        Assert.That((_output.TakeAll().Length, _output.CutBytes), Is.EqualTo((Capacity, 0L)));
    }

    [Test]
    public void A_full_buffer_holds_the_child_back_while_there_is_a_reader()
    {
        var resumed = 0;
        _output.Resume = () => resumed++;
        Write(new byte[10]);
        _output.Read(new byte[10]); // from now on there is a reader
        Assert.That(_output.Allow(1 << 16), Is.EqualTo(Capacity));
        Write(new byte[Capacity]);
        Assert.That((_output.Allow(1), _output.IsHeld), Is.EqualTo((0, true)));
        for (var i = 1; i <= 9; i++)
        {
            _time.Advance(ReaderTimeout * 0.9); // a reader that comes back in time stays one, however slow
            _output.Read(new byte[100]);
            Assert.That((_output.IsHeld, resumed), Is.EqualTo((true, 0)), "it goes on when there is room for more than a few bytes");
        }

        _output.Read(new byte[128]);
        Assert.That((_output.IsHeld, resumed, _output.Allow(1 << 16)), Is.EqualTo((false, 1, 1028)));
        Assert.That(_output.CutBytes, Is.Zero);
    }

    [Test]
    public void A_reader_that_stops_reading_holds_the_child_back_no_longer_than_it_may()
    {
        var resumed = 0;
        _output.Resume = () => resumed++;
        Write(new byte[10]);
        _output.Read(new byte[10]);
        Write(new byte[Capacity]);
        Assert.That(_output.Allow(100), Is.Zero);
        _time.Advance(ReaderTimeout);
        Assert.That((resumed, _output.Allow(100)), Is.EqualTo((1, 100)), "it counts as gone");
        Write(new byte[100]);
        Assert.That(_output.CutBytes, Is.EqualTo(100));
        _output.Read(new byte[50]);
        Write(new byte[50]);
        Assert.That(_output.Allow(100), Is.Zero, "until it reads again");
        _output.NoteNoReader();
        Assert.That((resumed, _output.Allow(100)), Is.EqualTo((2, 100)));
    }

    [Test]
    public void A_reader_that_is_to_come_is_waited_for_and_not_for_long()
    {
        Write(new byte[Capacity]);
        Assert.That(_output.Allow(100), Is.Zero);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.That((_output.Allow(100), _output.Read(new byte[Capacity])), Is.EqualTo((0, 128)), "it came in time, and counts as slow at first");
        var unread = new CapturedOutput(Capacity, ReaderTimeout, _time, _cuts.Add);
        unread.Write(new byte[Capacity]);
        Assert.That(unread.Allow(100), Is.Zero);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(unread.Allow(100), Is.EqualTo(100));
    }

    [Test]
    public void The_rest_of_the_pipe_waits_for_no_reader_once_the_tree_has_ended()
    {
        var resumed = 0;
        _output.Resume = () => resumed++;
        Write(new byte[10]);
        _output.Read(new byte[10]);
        Write(new byte[Capacity]);
        Assert.That(_output.Allow(100), Is.Zero);
        _output.NoteTreeEnded();
        Assert.That((resumed, _output.Allow(1 << 16)), Is.EqualTo((1, 1 << 16)));
        Write(new byte[1 << 16]);
        Assert.That((_output.CutBytes, _output.TakeAll().Length), Is.EqualTo((0L, Capacity + (1 << 16))));
    }

    [Test]
    public void A_slow_reader_gets_little_at_a_time_so_that_it_comes_back_in_time()
    {
        Write(new byte[Capacity]);
        _output.Read(new byte[1]);
        Assert.That(_output.Read(new byte[1000]), Is.EqualTo(1000));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(_output.Read(new byte[1000]), Is.EqualTo(128));
        Assert.That(_output.Read(new byte[1000]), Is.EqualTo(1000));
    }

    [Test, CancelAfter(60_000)]
    public async Task Readers_wait_for_bytes_and_come_to_the_end(CancellationToken timeout)
    {
        var async = _output.ReadAsync(new byte[10], timeout);
        var blocking = Task.Factory.StartNew(() => _output.Read(new byte[10]), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Eventually.HoldsAsync(() => _output.Reads == 2, "both wait", timeout);
        Assert.That((async.IsCompleted, blocking.IsCompleted), Is.EqualTo((false, false)));
        Write(new byte[15]);
        Assert.That(await async + await blocking, Is.EqualTo(15));
        var last = _output.ReadAsync(new byte[10], timeout);
        _output.Complete();
        Assert.That((await last, _output.Read(new byte[10])), Is.EqualTo((0, 0)));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_cancelled_read_takes_nothing()
    {
        using var cancel = new CancellationTokenSource();
        var read = _output.ReadAsync(new byte[10], cancel.Token).AsTask();
        await cancel.CancelAsync();
        Assert.That((await Assert.CatchAsync<OperationCanceledException>(() => read))!.CancellationToken, Is.EqualTo(cancel.Token));
        Write(new byte[5]);
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

    [Test, CancelAfter(60_000)]
    public async Task The_pump_reads_to_the_end_of_the_pipe_and_closes_it(CancellationToken timeout)
    {
        var (read, write) = Libc.OpenPipe();
        var pump = new OutputPump(read, _output, _time);
        pump.Start(new TaskCompletionSource().Task);
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

    [Test, CancelAfter(60_000)]
    public async Task The_pump_leaves_a_pipe_that_somebody_holds_when_the_tree_has_ended(CancellationToken timeout)
    {
        var (read, write) = Libc.OpenPipe();
        using (write)
        {
            var tree = new TaskCompletionSource();
            var pump = new OutputPump(read, _output, _time);
            pump.Start(tree.Task);
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

    private void Write(IEnumerable<byte> bytes) => _output.Write(bytes.ToArray());
}
