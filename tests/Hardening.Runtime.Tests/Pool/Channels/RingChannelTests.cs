using Hardening.Pool.Channels;
using Hardening.Pool.Protocol;

namespace Hardening.Runtime.Tests.Pool.Channels;

public sealed class RingChannelTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Test]
    public void A_message_arrives_as_it_was_sent()
    {
        using var rings = new RingPair();
        FrameReference[] frames = [new() { Region = 3, Offset = 8192, Length = 640 }, new() { Region = 4, Sequence = -1 }];
        var payload = "a defect at 17, 4"u8;
        Assert.That(rings.Host.Send(new MessageHeader { Kind = MessageKind.Job, Id = 77, SoftLimit = 250 }, frames, payload, mayWait: false, out _), Is.EqualTo(SendStatus.Sent));
        Assert.That(rings.GetAtWorker(), Is.Null, "it is not shown yet");
        rings.Host.Flush();

        Assert.That(rings.Worker.Receive(TimeSpan.Zero, out var job), Is.EqualTo(ReceiveStatus.Message));
        Assert.That((job.Header.Kind, job.Header.Id, job.Header.SoftLimit), Is.EqualTo((MessageKind.Job, 77, 250)));
        Assert.That(job.Frames.ToArray(), Is.EqualTo(frames));
        Assert.That(job.Payload.SequenceEqual(payload));
        Assert.That(rings.Worker.Send(new MessageHeader { Kind = MessageKind.Result, Id = 77 }, frames.AsSpan(1), job.Payload));
        rings.Worker.Flush();

        Assert.That(rings.Host.Receive(ChannelReader.Channel, Long, out var result), Is.EqualTo(ReceiveStatus.Message));
        Assert.That((result.Header.Kind, result.Header.Id), Is.EqualTo((MessageKind.Result, 77)));
        Assert.That(result.Frames.ToArray(), Is.EqualTo(frames[1..]));
        Assert.That(result.Payload.SequenceEqual(payload));
        Assert.That(rings.Get(), Is.Null);
    }

    // Longer than the ring, longer than a record, and all places of the ring's end; both ends sleep and spin on the way.
    [Test, CancelAfter(60_000)]
    public void Messages_of_all_lengths_come_back_as_they_were([Values(16 * 1024, 64 * 1024)] int ringBytes)
    {
        using var rings = new RingPair(ringBytes);
        var worker = Start(() =>
        {
            while (rings.Worker.Receive(Timeout.InfiniteTimeSpan, out var job) == ReceiveStatus.Message)
            {
                rings.Worker.Send(new MessageHeader { Kind = MessageKind.Result, Id = job.Header.Id }, job.Frames, job.Payload);
                rings.Worker.Flush();
            }
        });
        var random = new Random(20);
        var frames = new FrameReference[MessageHeader.MaxFrames];
        var payload = new byte[3 * ringBytes];
        random.NextBytes(payload);
        for (ulong id = 1; id <= 3_000; id++)
        {
            var length = random.Next(random.Next(4) switch { 0 => payload.Length, 1 => (ringBytes / 2) + 1, _ => 300 });
            var from = random.Next(payload.Length - length);
            frames[0].Sequence = random.NextInt64();
            var count = random.Next(frames.Length + 1);
            Assert.That(rings.Host.Send(new MessageHeader { Kind = MessageKind.Job, Id = id }, frames.AsSpan(0, count), payload.AsSpan(from, length), mayWait: true, out _), Is.EqualTo(SendStatus.Sent));
            rings.Host.Flush();
            Assert.That(rings.Host.Receive(ChannelReader.Channel, Long, out var result), Is.EqualTo(ReceiveStatus.Message));
            var same = result.Header.Id == id && result.Frames.SequenceEqual(frames.AsSpan(0, count), SameSequence.Instance) && result.Payload.SequenceEqual(payload.AsSpan(from, length));
            Assert.That(same, $"message {id} of {length} bytes and {count} frames");
        }

        rings.Worker.Close();
        Assert.That(worker.Join(Long));
    }

    [Test, CancelAfter(60_000)]
    public void Jobs_that_are_sent_ahead_come_in_order()
    {
        using var rings = new RingPair();
        var worker = Start(() =>
        {
            while (rings.Worker.Receive(Timeout.InfiniteTimeSpan, out var job) == ReceiveStatus.Message)
            {
                rings.Worker.Send(new MessageHeader { Kind = MessageKind.Result, Id = job.Header.Id }, default, job.Payload);
                rings.Worker.Flush();
            }
        });
        const ulong Jobs = 100_000;
        ulong sent = 0;
        for (ulong received = 0; received < Jobs;)
        {
            while (sent < Jobs && rings.Host.Send(new MessageHeader { Kind = MessageKind.Job, Id = sent + 1 }, default, new byte[sent % 100], mayWait: false, out _) == SendStatus.Sent)
            {
                sent++;
            }

            rings.Host.Flush();
            Assert.That(rings.Host.Receive(ChannelReader.Channel, Long, out var result), Is.EqualTo(ReceiveStatus.Message));
            Assert.That(result.Header.Id, Is.EqualTo(++received));
            Assert.That(result.Payload.Length, Is.EqualTo((received - 1) % 100));
        }

        rings.Worker.Close();
        Assert.That(worker.Join(Long));
    }

    [Test]
    public void Says_when_there_is_no_room_and_has_room_again_once_the_worker_has_read()
    {
        using var rings = new RingPair();
        ulong sent = 0;
        while (rings.Send(sent + 1, new byte[1000], mayWait: false) == SendStatus.Sent)
        {
            sent++;
        }

        Assert.That(sent, Is.InRange(12, 16));
        Assert.That(rings.Send(99, new byte[rings.RingBytes], mayWait: false), Is.EqualTo(SendStatus.NoRoom));
        for (ulong id = 1; id <= sent; id++)
        {
            Assert.That(rings.GetAtWorker(), Is.EqualTo(id));
        }

        Assert.That(rings.GetAtWorker(), Is.Null, "what found no room was not sent");
        Assert.That(rings.Send(100, new byte[1000], mayWait: false), Is.EqualTo(SendStatus.Sent));
    }

    [Test]
    public void A_job_that_was_not_begun_can_be_taken_back_and_one_that_was_cannot()
    {
        using var rings = new RingPair();
        rings.Send(1, out var first);
        rings.Send(2, out var second);
        rings.Send(3, out var third);
        Assert.That(rings.GetAtWorker(), Is.EqualTo(1));
        Assert.That(rings.Host.TryRecall(first), Is.False);
        Assert.That(rings.Host.TryRecall(second));
        Assert.That(rings.Host.TryRecall(second), Is.False, "once is enough");
        Assert.That(rings.GetAtWorker(), Is.EqualTo(3));
        Assert.That(rings.Host.TryRecall(third), Is.False);
        Assert.That(rings.GetAtWorker(), Is.Null);
        Assert.That(rings.Host.TryRecall(first), Is.False, "its place may have been used again");
        Assert.That(rings.Host.TryRecall(-1), Is.False);
        Assert.That(rings.Host.TryRecall(1_000_000), Is.False);
    }

    [Test, CancelAfter(60_000)]
    public void Each_job_is_begun_or_taken_back_and_never_both()
    {
        using var rings = new RingPair();
        var begun = new HashSet<ulong>();
        var worker = Start(() =>
        {
            while (rings.Worker.Receive(Timeout.InfiniteTimeSpan, out var job) == ReceiveStatus.Message)
            {
                begun.Add(job.Header.Id);
            }
        });
        var recalled = new HashSet<ulong>();
        for (ulong id = 1; id <= 50_000; id++)
        {
            Assert.That(rings.Send(id, out var position), Is.EqualTo(SendStatus.Sent));
            if (rings.Host.TryRecall(position))
            {
                recalled.Add(id);
            }
        }

        rings.Send(0);
        Eventually(() => rings.Control.ToWorker.Head == rings.Control.ToWorker.Tail || rings.Control.ToWorker.FirstSleeps == 1);
        rings.Worker.Close();
        Assert.That(worker.Join(Long));
        Assert.That(begun.Overlaps(recalled), Is.False);
        Assert.That(begun.Count + recalled.Count, Is.EqualTo(50_001));
    }

    [Test, CancelAfter(60_000)]
    public void The_reader_that_is_set_gets_what_comes()
    {
        using var rings = new RingPair();
        var got = new System.Collections.Concurrent.BlockingCollection<ulong>(boundedCapacity: 16);
        var channel = Start(() =>
        {
            while (rings.Host.Receive(ChannelReader.Channel, Timeout.InfiniteTimeSpan, out var message) == ReceiveStatus.Message)
            {
                got.Add(message.Header.Id);
            }
        });
        for (ulong id = 1; id <= 2_000; id += 2)
        {
            rings.Host.SetReader(ChannelReader.Caller);
            rings.Answer(id);
            Assert.That(rings.Host.Receive(ChannelReader.Caller, Long, out var message), Is.EqualTo(ReceiveStatus.Message));
            Assert.That(message.Header.Id, Is.EqualTo(id));
            rings.Answer(id + 1);
            rings.Host.SetReader(ChannelReader.Channel); // what is there wakes it
            Assert.That(got.TryTake(out var other, Long));
            Assert.That(other, Is.EqualTo(id + 1));
        }

        rings.Host.Abort();
        Assert.That(channel.Join(Long));
    }

    [Test, CancelAfter(60_000)]
    public void The_end_of_the_channel_ends_every_wait()
    {
        using var rings = new RingPair();
        var ends = new System.Collections.Concurrent.ConcurrentDictionary<string, object>();
        Thread[] waits =
        [
            Start(() => ends["channel"] = rings.Host.Receive(ChannelReader.Channel, Timeout.InfiniteTimeSpan, out _)),
            Start(() => ends["caller"] = rings.Host.Receive(ChannelReader.Caller, Timeout.InfiniteTimeSpan, out _)),
            Start(() => ends["sender"] = rings.Send(1, new byte[1 << 20])),
        ];
        Eventually(() => rings.Control.ToHost is { FirstSleeps: 1, SecondSleeps: 1 } && rings.Control.ToWorker.WriterSleeps == 1);
        rings.Host.Abort();
        Assert.That(waits.All(wait => wait.Join(Long)));
        Assert.That(ends["channel"], Is.EqualTo(ReceiveStatus.Closed));
        Assert.That(ends["caller"], Is.EqualTo(ReceiveStatus.Closed));
        Assert.That(ends["sender"], Is.EqualTo(SendStatus.Closed));
        Assert.That(rings.Send(2), Is.EqualTo(SendStatus.Closed));
    }

    // Here a thread ends, as all threads of a process that is killed do: the kernel does not tell the difference.
    [Test, CancelAfter(60_000)]
    public void The_end_of_the_workers_thread_ends_every_wait_once_all_is_received()
    {
        using var rings = new RingPair();
        using var watched = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        var worker = Start(() =>
        {
            rings.Worker.WatchThread();
            watched.Set();
            end.Wait();
        });
        Assert.That(watched.Wait(Long));
        var received = new List<ulong>();
        var (channel, caller) = (ReceiveStatus.Message, ReceiveStatus.Message);
        Thread[] waits =
        [
            Start(() =>
            {
                while ((channel = rings.Host.Receive(ChannelReader.Channel, Timeout.InfiniteTimeSpan, out var message)) == ReceiveStatus.Message)
                {
                    received.Add(message.Header.Id);
                }
            }),
            Start(() => caller = rings.Host.Receive(ChannelReader.Caller, Timeout.InfiniteTimeSpan, out _)),
        ];
        Assert.That(rings.Answer(1));
        Eventually(() => rings.Control.ToHost is { FirstSleeps: > 1, SecondSleeps: > 1 } lines && lines.Head == lines.Tail);
        Assert.That(rings.Worker.Send(new MessageHeader { Kind = MessageKind.Result, Id = 2 }, default, default));
        rings.Worker.Show(); // and wakes nobody
        end.Set();
        Assert.That(worker.Join(Long));
        Assert.That(waits.All(wait => wait.Join(Long)));
        Assert.That((channel, caller), Is.EqualTo((ReceiveStatus.Closed, ReceiveStatus.Closed)));
        Assert.That(received, Is.EqualTo([1UL, 2UL]));
        Assert.That(rings.Send(1), Is.EqualTo(SendStatus.Closed));
    }

    [Test, CancelAfter(60_000)]
    public void A_thread_that_ends_when_the_worker_has_left_the_memory_changes_nothing_there()
    {
        using var watched = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        using var rings = new RingPair();
        var worker = Start(() =>
        {
            rings.Worker.WatchThread();
            watched.Set();
            end.Wait();
        });
        Assert.That(watched.Wait(Long));
        rings.Worker.Dispose();
        var mark = rings.Control.ToHost.FirstSleeps = Hardening.Interop.Libc.EndMark(rings.Control.WatchedThread);
        end.Set();
        Assert.That(worker.Join(Long));
        Assert.That(rings.Control.ToHost.FirstSleeps, Is.EqualTo(mark));
    }

    [Test]
    public void What_was_sent_before_the_end_is_received()
    {
        using var rings = new RingPair();
        rings.Answer(1);
        rings.Answer(2);
        rings.Host.Abort();
        Assert.That(rings.Get(), Is.EqualTo(1));
        Assert.That(rings.Get(), Is.EqualTo(2));
        Assert.That(rings.Host.Receive(ChannelReader.Channel, Timeout.InfiniteTimeSpan, out _), Is.EqualTo(ReceiveStatus.Closed));
    }

    [Test]
    public void What_is_shown_is_there_for_who_looks_and_wakes_who_sleeps_with_the_next_flush()
    {
        using var rings = new RingPair();
        Assert.That(rings.Worker.Send(new MessageHeader { Kind = MessageKind.Result, Id = 1 }, default, default));
        Assert.That(rings.Get(), Is.Null);
        rings.Worker.Show();
        Assert.That(rings.Get(), Is.EqualTo(1));
        ulong? received = null;
        var reader = Start(() => received = rings.Host.Receive(ChannelReader.Channel, Long, out var message) == ReceiveStatus.Message ? message.Header.Id : null);
        Eventually(() => rings.Control.ToHost.FirstSleeps == 1);
        Assert.That(rings.Worker.Send(new MessageHeader { Kind = MessageKind.Result, Id = 2 }, default, default));
        rings.Worker.Show();
        Assert.That(rings.Control.ToHost.FirstSleeps, Is.EqualTo(1), "nobody was woken");
        rings.Worker.Flush();
        Assert.That(reader.Join(Long));
        Assert.That(received, Is.EqualTo(2));
    }

    [Test]
    public void A_wait_ends_when_its_time_is_over()
    {
        using var rings = new RingPair();
        Assert.That(rings.Host.Receive(ChannelReader.Channel, TimeSpan.FromMilliseconds(5), out _), Is.EqualTo(ReceiveStatus.Nothing));
        Assert.That(rings.Worker.Receive(TimeSpan.FromMilliseconds(5), out _), Is.EqualTo(ReceiveStatus.Nothing));
    }

    [Test]
    public void What_goes_aside_comes_through_the_standard_input_or_is_lost()
    {
        using var rings = new RingPair();
        Assert.That(rings.Host.TrySendAside(MessageKind.Cancel, 5));
        Span<MessageHeader> header = stackalloc MessageHeader[1];
        rings.Input.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(header));
        Assert.That(header[0].IsValid);
        Assert.That((header[0].Kind, header[0].Id), Is.EqualTo((MessageKind.Cancel, 5)));

        var sent = 0;
        while (sent < 1_000_000 && rings.Host.TrySendAside(MessageKind.Cancel, 6))
        {
            sent++;
        }

        Assert.That(sent, Is.LessThan(1_000_000), "it does not wait for a worker that does not read");
        rings.Input.Dispose();
        Assert.That(rings.Host.TrySendAside(MessageKind.Stop, 0), Is.False);
    }

    [Test, CancelAfter(60_000)]
    public void Calls_that_come_late_find_it_closed()
    {
        for (var round = 0; round < 50; round++)
        {
            var rings = new RingPair();
            using var started = new CountdownEvent(3);
            Thread[] late =
            [
                Start(() => { started.Signal(); while (rings.Host.Receive(ChannelReader.Channel, Timeout.InfiniteTimeSpan, out _) != ReceiveStatus.Closed) { } }),
                Start(() => { started.Signal(); while (rings.Send(1, mayWait: false) != SendStatus.Closed) { rings.Host.TryRecall(0); } }),
                Start(() => { started.Signal(); for (var i = 0; i < 1_000; i++) { rings.Host.Abort(); rings.Host.SetReader(ChannelReader.Caller); } }),
            ];
            Assert.That(started.Wait(Long));
            rings.Dispose();
            Assert.That(late.All(thread => thread.Join(Long)));
            rings.Host.Flush();
            rings.Host.SetReader(ChannelReader.Channel);
            Assert.That(rings.Host.TryRecall(0), Is.False);
            Assert.That(rings.Host.TrySendAside(MessageKind.Stop, 0), Is.False);
            Assert.That(rings.Get(), Is.Null);
            Assert.That(rings.Worker.Receive(Timeout.InfiniteTimeSpan, out _), Is.EqualTo(ReceiveStatus.Closed));
            Assert.That(rings.Answer(1), Is.False);
        }
    }

    [Test]
    public void A_message_allocates_nothing()
    {
        using var rings = new RingPair();
        var payload = new byte[100];
        var frames = new FrameReference[2];
        Exchange(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(1_000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Exchange(int count)
        {
            for (var i = 0; i < count; i++)
            {
                rings.Host.SetReader(ChannelReader.Caller);
                rings.Host.Send(new MessageHeader { Kind = MessageKind.Job, Id = 1 }, frames, payload, mayWait: false, out _);
                rings.Host.Flush();
                rings.Worker.Receive(Long, out var job);
                rings.Worker.Send(new MessageHeader { Kind = MessageKind.Result, Id = 1 }, job.Frames, job.Payload);
                rings.Worker.Flush();
                rings.Host.Receive(ChannelReader.Caller, Long, out _);
                rings.Host.Receive(ChannelReader.Caller, TimeSpan.FromTicks(1), out _);
                rings.Host.SetReader(ChannelReader.Channel);
            }
        }
    }

    [Test]
    public void Refuses_what_no_message_can_have()
    {
        using var rings = new RingPair();
        Assert.That(() => rings.Send(1, new byte[RingPair.MaxMessageBytes + 1]), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => rings.Host.Send(default, new FrameReference[9], default, mayWait: true, out _), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(rings.GetAtWorker(), Is.Null);
    }

    private static Thread Start(Action run)
    {
        var thread = new Thread(() => run()) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private static void Eventually(Func<bool> condition) => Assert.That(SpinWait.SpinUntil(condition, Long));

    private sealed class SameSequence : IEqualityComparer<FrameReference>
    {
        public static readonly SameSequence Instance = new();

        public bool Equals(FrameReference x, FrameReference y) => x.Sequence == y.Sequence;

        public int GetHashCode(FrameReference frame) => frame.Sequence.GetHashCode();
    }
}
