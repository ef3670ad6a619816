using Hardening.Interop;
using Hardening.Pool;
using Hardening.Pool.Channels;
using Hardening.Pool.Protocol;

namespace Hardening.Runtime.Tests.Pool.Channels;

[Platform("Linux")]
public sealed class StreamChannelTests
{
    private static readonly byte[] Large = [.. Enumerable.Range(0, 3_000_000).Select(i => (byte)(i * 7))];

    [Test, CancelAfter(60_000)]
    public void A_message_arrives_as_it_was_sent()
    {
        using var line = new StreamLine();
        FrameReference[] frames = [new FrameReference { Region = 3, Offset = 4096, Length = 100, Camera = 7 }, new FrameReference { Region = 4, Flags = FrameReferenceFlags.Output }];
        var header = new MessageHeader { Kind = MessageKind.Job, Id = 42, SoftLimit = 250 };
        Assert.That(line.Channel.Send(header, frames, "work"u8, mayWait: false, out _), Is.EqualTo(SendStatus.Sent));
        var bytes = line.Read(MessageHeader.Bytes + (2 * FrameReference.Bytes) + 4);
        var expected = StreamLine.Message(MessageKind.Job, 42, "work"u8, frames);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(expected.AsSpan(20), 250);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(expected.AsSpan(28), Crc32.Compute(expected));
        Assert.That(bytes, Is.EqualTo(expected));
    }

    [Test, CancelAfter(60_000)]
    public void Several_messages_of_one_write_are_received_one_by_one()
    {
        using var line = new StreamLine();
        line.Output.Write([.. StreamLine.Message(MessageKind.Ready, 0, "hello"u8), .. StreamLine.Message(MessageKind.Result, 1, default), .. StreamLine.Message(MessageKind.Error, 2, "bad"u8)]);
        Assert.That(line.Receive(), Is.EqualTo("Ready 0 hello"));
        Assert.That(line.Receive(), Is.EqualTo("Result 1 "));
        Assert.That(line.Receive(), Is.EqualTo("Error 2 bad"));
        Assert.That(line.Receive(TimeSpan.Zero), Is.EqualTo("Nothing"));
        Assert.That(line.Receive(TimeSpan.FromMilliseconds(5)), Is.EqualTo("Nothing"));
    }

    [Test, CancelAfter(60_000)]
    public void A_message_that_comes_byte_by_byte_is_received_whole()
    {
        using var line = new StreamLine();
        FrameReference[] frames = [new FrameReference { Region = 9, Length = 1234 }];
        foreach (var value in StreamLine.Message(MessageKind.Result, 5, "slowly"u8, frames))
        {
            Assert.That(line.Receive(TimeSpan.Zero), Is.EqualTo("Nothing"));
            line.Output.WriteByte(value);
        }

        Assert.That(line.Channel.Receive(ChannelReader.Channel, TimeSpan.Zero, out var message), Is.EqualTo(ReceiveStatus.Message));
        Assert.That(message.Frames.Length, Is.EqualTo(1));
        Assert.That((message.Frames[0].Region, message.Frames[0].Length), Is.EqualTo((9u, 1234u)));
        Assert.That(message.Payload.ToArray(), Is.EqualTo("slowly"u8.ToArray()));
    }

    [Test, CancelAfter(60_000)]
    public async Task Large_messages_pass_both_ways_beside_small_ones()
    {
        using var line = new StreamLine();
        for (var round = 0; round < 3; round++)
        {
            var worker = Task.Run(() => line.Read(MessageHeader.Bytes + Large.Length));
            Assert.That(line.Send(MessageKind.Job, 1, Large), Is.EqualTo(SendStatus.Sent));
            Assert.That((await worker).AsSpan(MessageHeader.Bytes).SequenceEqual(Large));
            var writing = Task.Run(() => line.Output.Write([.. StreamLine.Message(MessageKind.Result, 1, "a"u8), .. StreamLine.Message(MessageKind.Result, 2, Large), .. StreamLine.Message(MessageKind.Result, 3, "b"u8)]));
            Assert.That(line.Receive(), Is.EqualTo("Result 1 a"));
            Assert.That(line.Channel.Receive(ChannelReader.Channel, Timeout.InfiniteTimeSpan, out var message), Is.EqualTo(ReceiveStatus.Message));
            Assert.That(message.Payload.SequenceEqual(Large));
            Assert.That(line.Receive(), Is.EqualTo("Result 3 b"));
            await writing;
        }
    }

    [Test]
    public void What_may_not_wait_is_sent_only_where_it_goes_into_the_pipe_as_a_whole()
    {
        using var line = new StreamLine();
        Assert.That(line.Send(MessageKind.Job, 1, new byte[Libc.AtomicPipeBytes], mayWait: false), Is.EqualTo(SendStatus.NoRoom), "too long to be surely whole");
        var job = new byte[Libc.AtomicPipeBytes - MessageHeader.Bytes];
        var sent = 0;
        while (line.Send(MessageKind.Job, 1, job, mayWait: false) == SendStatus.Sent)
        {
            sent++;
        }

        Assert.That(sent, Is.InRange(1, 1024));
        Assert.That(line.Channel.TrySendAside(MessageKind.Cancel, 1), Is.False, "the pipe is full");
        for (var number = 0; number < sent; number++)
        {
            Assert.That(line.Read(Libc.AtomicPipeBytes), Is.EqualTo(StreamLine.Message(MessageKind.Job, 1, job)));
        }

        Assert.That(line.Send(MessageKind.Job, 2, job, mayWait: false), Is.EqualTo(SendStatus.Sent), "there is room again");
    }

    [Test, CancelAfter(60_000)]
    public async Task A_message_aside_waits_for_the_end_of_the_one_that_is_being_sent_and_is_not_put_into_it()
    {
        using var line = new StreamLine();
        var sending = Task.Run(() => line.Send(MessageKind.Job, 1, Large));
        var begin = line.Read(MessageHeader.Bytes); // it has begun, and cannot end before the rest is read
        Assert.That(line.Channel.TrySendAside(MessageKind.Cancel, 1), Is.True);
        var rest = line.Read(Large.Length);
        Assert.That(await sending, Is.EqualTo(SendStatus.Sent));
        Assert.That(begin, Is.EqualTo(StreamLine.Message(MessageKind.Job, 1, Large)[..MessageHeader.Bytes]));
        Assert.That(rest.AsSpan().SequenceEqual(Large));
        Assert.That(line.Read(MessageHeader.Bytes), Is.EqualTo(StreamLine.Message(MessageKind.Cancel, 1, default)));
        Assert.That(line.Channel.TrySendAside(MessageKind.Stop, 0), Is.True);
        Assert.That(line.Read(MessageHeader.Bytes), Is.EqualTo(StreamLine.Message(MessageKind.Stop, 0, default)));
    }

    [Test, CancelAfter(60_000)]
    public async Task An_abort_ends_a_write_to_a_worker_that_does_not_read()
    {
        using var line = new StreamLine();
        var sending = Task.Run(() => line.Send(MessageKind.Job, 1, Large));
        _ = line.Read(1);
        line.Channel.Abort();
        Assert.That(await sending, Is.EqualTo(SendStatus.Closed));
        Assert.That(line.Send(MessageKind.Job, 2, default), Is.EqualTo(SendStatus.Closed), "and every later one");
        Assert.That(line.Channel.TrySendAside(MessageKind.Cancel, 1), Is.False);
    }

    [Test, CancelAfter(60_000)]
    public async Task An_abort_ends_a_wait_for_an_answer_and_what_came_before_is_still_received()
    {
        using var line = new StreamLine();
        var receiving = Task.Run(() => line.Receive());
        line.Output.Write(StreamLine.Message(MessageKind.Ready, 0, "here"u8));
        Assert.That(await receiving, Is.EqualTo("Ready 0 here"));
        receiving = Task.Run(() => line.Receive());
        line.Channel.Abort();
        Assert.That(await receiving, Is.EqualTo("Closed"));
        line.Output.Write([.. StreamLine.Message(MessageKind.Result, 1, "last"u8), 0x48]);
        Assert.That(line.Receive(), Is.EqualTo("Result 1 last"));
        Assert.That(line.Receive(), Is.EqualTo("Closed"), "also in the middle of a message: the worker has ended");
    }

    [Test]
    public void A_worker_that_closes_its_ends_is_closed()
    {
        using var line = new StreamLine();
        line.Output.Write(StreamLine.Message(MessageKind.Result, 1, "last"u8));
        line.CloseOutput();
        line.CloseInput();
        Assert.That(line.Receive(), Is.EqualTo("Result 1 last"));
        Assert.That(line.Receive(), Is.EqualTo("Closed"));
        Assert.That(line.Send(MessageKind.Job, 2, default), Is.EqualTo(SendStatus.Closed), "EPIPE, and no signal");
        Assert.That(line.Channel.TrySendAside(MessageKind.Stop, 0), Is.False);
    }

    [TestCase("Hi", "wrote 'Hi' where a message had to begin")]
    [TestCase("Traceback (most recent call last): a program that prints to its standard output", "wrote 'Traceback (most")]
    [TestCase("\n", "wrote '\\x0A' where")]
    public void What_is_printed_is_shown_and_said_to_belong_on_the_standard_error(string printed, string expected)
    {
        using var line = new StreamLine();
        line.Output.Write(System.Text.Encoding.UTF8.GetBytes(printed));
        Assert.That(() => line.Receive(), Throws.TypeOf<WorkerProtocolException>().With.Message.Contains(expected).And.Message.Contains("standard error"));
    }

    [TestCase(4, 2, "version 2 of the protocol")]
    [TestCase(5, 3, "kind 3, and a worker sends Ready (2)")]
    [TestCase(5, 99, "kind 99")]
    [TestCase(6, 9, "it has 9 frames, and 8 are the most")]
    [TestCase(19, 0x7F, "its payload has 2,130,706,432 bytes, and 8,388,608 are allowed")]
    public void A_header_that_is_wrong_says_in_what(int at, byte value, string expected)
    {
        using var line = new StreamLine();
        var bytes = StreamLine.Message(MessageKind.Result, 1, default);
        bytes[at] = value;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), Crc32.Compute(bytes));
        line.Output.Write(bytes);
        Assert.That(() => line.Receive(), Throws.TypeOf<WorkerProtocolException>().With.Message.Contains(expected));
    }

    [Test]
    public void A_wrong_checksum_is_seen()
    {
        using var line = new StreamLine();
        var bytes = StreamLine.Message(MessageKind.Result, 1, default);
        bytes[9] ^= 1;
        line.Output.Write(bytes);
        Assert.That(() => line.Receive(), Throws.TypeOf<WorkerProtocolException>().With.Message.Contains("checksum"));
    }

    [TestCase(10, "in the middle of a header: 10 of its 32 bytes came")]
    [TestCase(32, "in the middle of a message: 32 of its 132 bytes came")]
    [TestCase(131, "in the middle of a message: 131 of its 132 bytes came")]
    public void The_end_within_a_message_says_where(int length, string expected)
    {
        using var line = new StreamLine();
        line.Output.Write(StreamLine.Message(MessageKind.Result, 1, new byte[100]).AsSpan(0, length));
        line.CloseOutput();
        Assert.That(() => line.Receive(), Throws.TypeOf<WorkerProtocolException>().With.Message.Contains(expected));
    }

    [Test]
    public void A_large_length_takes_no_memory_before_its_header_is_checked()
    {
        using var line = new StreamLine();
        var bytes = StreamLine.Message(MessageKind.Result, 1, default);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), 1 << 30);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), Crc32.Compute(bytes));
        line.Output.Write(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => line.Receive(), Throws.TypeOf<WorkerProtocolException>());
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
    }

    [Test, CancelAfter(60_000)]
    public void Random_bytes_and_damaged_messages_end_in_an_exception_or_in_messages_and_never_otherwise()
    {
        var random = new Random(4711);
        for (var round = 0; round < 150; round++)
        {
            using var line = new StreamLine();
            var bytes = new List<byte>();
            for (var number = 0; number < 4; number++)
            {
                bytes.AddRange(StreamLine.Message(MessageKind.Result, (ulong)number, new byte[random.Next(200)]));
            }

            var stream = bytes.ToArray();
            if (round % 2 == 0)
            {
                stream[random.Next(stream.Length)] ^= (byte)(1 << random.Next(8));
            }
            else
            {
                random.NextBytes(stream.AsSpan(random.Next(stream.Length)));
            }

            line.Output.Write(stream.AsSpan(0, random.Next(1, stream.Length + 1)));
            line.CloseOutput();
            var messages = 0;
            try
            {
                while (line.Receive() is not "Closed")
                {
                    messages++;
                }
            }
            catch (WorkerProtocolException e)
            {
                Assert.That(e.Message, Does.StartWith("The worker "));
            }

            Assert.That(messages, Is.InRange(0, 4));
        }
    }

    [Test, CancelAfter(60_000)]
    public void Nothing_is_allocated_for_a_message_in_the_steady_state()
    {
        using var line = new StreamLine();
        var job = new byte[100];
        var answer = StreamLine.Message(MessageKind.Result, 1, job);
        var read = new byte[MessageHeader.Bytes + job.Length];
        for (var round = 0; round < 3; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var number = 0; number < 100; number++)
            {
                _ = line.Send(MessageKind.Job, 1, job, mayWait: false);
                line.Input.ReadExactly(read);
                line.Output.Write(answer);
                _ = line.Channel.Receive(ChannelReader.Channel, Timeout.InfiniteTimeSpan, out _);
            }

            Assert.That(round < 2 || GC.GetAllocatedBytesForCurrentThread() == before, "100 messages each way allocated");
        }
    }
}
