using System.Runtime.InteropServices;
using Hardening.Interop;
using Hardening.Pool;
using Hardening.Pool.Channels;
using Hardening.Pool.Protocol;

namespace Hardening.Runtime.Tests.Pool.Channels;

/// <summary>The worker can write whatever it likes to the rings: the host says so, and goes on.</summary>
public sealed class RingGarbageTests
{
    [TestCase(8UL, TestName = "A tail without a record")]
    [TestCase(4UL, TestName = "A tail between records")]
    [TestCase(1UL << 40, TestName = "A tail far ahead")]
    [TestCase(ulong.MaxValue - 7, TestName = "A tail behind")]
    public void A_tail_that_cannot_be(ulong tail)
    {
        using var rings = new RingPair();
        rings.Control.ToHost.Tail = tail;
        Refused(rings);
    }

    [TestCase(0u, 0, "a record of 0 bytes is too short")]
    [TestCase(31u, 0, "a record of 31 bytes is too short")]
    [TestCase(400u, 0, "does not fit")]
    [TestCase((1u << 30) - 1, 0, "does not fit")]
    [TestCase((3u << 30) | 40, 0, "a pad of 40 bytes at 0")]
    [TestCase((3u << 30) | (16 * 1024 - 8), 16 * 1024, "a pad of 16,376 bytes at 0")]
    [TestCase((1u << 30) | 20, 0, "a record of 20 bytes is too short")]
    [TestCase((1u << 30) | 40, 0, "0x00000000 instead of 0x57445248")]
    [TestCase(40u, 0, "0x00000000 instead of 0x57445248")]
    public void A_record_that_cannot_be(uint size, int tail, string reason)
    {
        using var rings = new RingPair();
        MemoryMarshal.Write(rings.ToHost, size);
        rings.Control.ToHost.Tail = tail == 0 ? 128 : (ulong)tail;
        Refused(rings, reason);
    }

    [TestCase(0, "0x")]                    // the first four bytes
    [TestCase(4, "of version")]
    [TestCase(5, "its checksum is")]
    [TestCase(16, "its checksum is")]      // a length
    public void A_header_that_was_damaged(int at, string reason)
    {
        using var rings = new RingPair();
        rings.Answer(1, new byte[50]);
        rings.ToHost[RingRecord.PrefixBytes + at] ^= 0x40;
        Refused(rings, reason);
    }

    [Test]
    public void A_header_that_was_made_to_deceive([Values(0u, 49u, 51u, uint.MaxValue, (uint)RingPair.MaxMessageBytes + 1)] uint payload, [Values((ushort)0, (ushort)1, (ushort)9, ushort.MaxValue)] ushort frames)
    {
        using var rings = new RingPair();
        rings.Answer(1, new byte[50]);
        var header = new MessageHeader { Kind = MessageKind.Result, PayloadBytes = payload, Frames = frames };
        header.Seal();
        MemoryMarshal.Write(rings.ToHost[RingRecord.PrefixBytes..], header);
        Refused(rings);
    }

    [TestCase(40)]                // parts are of one size
    [TestCase(4088)]
    public void Parts_that_do_not_make_the_message(int bytes)
    {
        using var rings = new RingPair();
        var header = new MessageHeader { Kind = MessageKind.Result, PayloadBytes = bytes == 40 ? 100_000u : 4060 };
        header.Seal();
        MemoryMarshal.Write(rings.ToHost, RingRecord.Size(RingRecord.Part, bytes));
        MemoryMarshal.Write(rings.ToHost[RingRecord.PrefixBytes..], header);
        var second = (int)RingRecord.Padded(bytes);
        MemoryMarshal.Write(rings.ToHost[second..], RingRecord.Size(RingRecord.LastPart, 40)); // 36 would be right
        rings.Control.ToHost.Tail = (ulong)(second + 48);
        Refused(rings, "a part of");
    }

    [Test]
    public void A_message_between_the_parts_of_another()
    {
        using var rings = new RingPair();
        var header = new MessageHeader { Kind = MessageKind.Result, PayloadBytes = 100_000 };
        header.Seal();
        MemoryMarshal.Write(rings.ToHost, RingRecord.Size(RingRecord.Part, 4088));
        MemoryMarshal.Write(rings.ToHost[RingRecord.PrefixBytes..], header);
        header.PayloadBytes = 0;
        header.Seal();
        MemoryMarshal.Write(rings.ToHost[4096..], RingRecord.Size(RingRecord.Whole, MessageHeader.Bytes));
        MemoryMarshal.Write(rings.ToHost[(4096 + RingRecord.PrefixBytes)..], header);
        rings.Control.ToHost.Tail = 4096 + 40;
        Refused(rings, "between the parts");
    }

    [TestCase(1_000_000UL)]
    [TestCase(ulong.MaxValue - 7)]
    public void A_head_that_cannot_be_is_told_to_the_receiver(ulong head)
    {
        using var rings = new RingPair();
        while (rings.Send(1, new byte[1000], mayWait: false) == SendStatus.Sent)
        {
        }

        rings.Control.ToWorker.Head = head;
        Assert.That(rings.Send(1, new byte[1000]), Is.EqualTo(SendStatus.Closed));
        Refused(rings, "says that it has read");
    }

    [Test]
    public void A_head_that_goes_back_is_noticed()
    {
        using var rings = new RingPair();
        for (var i = 0; i < 40; i++)
        {
            Assert.That(rings.Send(1, new byte[1000], mayWait: false), Is.EqualTo(SendStatus.Sent));
            rings.GetAtWorker();
            rings.GetAtWorker();
        }

        rings.Control.ToWorker.Head = 0;
        SendStatus status;
        while ((status = rings.Send(1, new byte[1000], mayWait: false)) == SendStatus.Sent)
        {
        }

        Assert.That(status, Is.EqualTo(SendStatus.Closed));
        Refused(rings, "before it said");
    }

    [Test, CancelAfter(120_000)]
    public void Any_bytes_at_any_time_harm_nobody([Values(1, 2, 3, 4)] int seed, CancellationToken timeout)
    {
        var random = new Random(seed);
        var (refused, received) = (0, 0);
        for (var round = 0; round < 400 && !timeout.IsCancellationRequested; round++)
        {
            using var rings = new RingPair();
            try
            {
                for (var step = 0; step < 60; step++)
                {
                    Damage(rings, random);
                    if (rings.Send((ulong)step, out var position, new byte[random.Next(3_000)], mayWait: false) == SendStatus.Sent && random.Next(4) == 0)
                    {
                        rings.Host.TryRecall(position);
                    }

                    rings.Host.TryRecall(random.NextInt64(1 << 16));
                    for (var more = 0; more < 8 && rings.Host.Receive(ChannelReader.Channel, TimeSpan.Zero, out var message) == ReceiveStatus.Message; more++)
                    {
                        received++;
                        Assert.That(message.Header.IsValid);
                        Assert.That(message.Payload.Length + (message.Frames.Length * FrameReference.Bytes), Is.EqualTo(message.Header.Following));
                        _ = message.Payload.IndexOf((byte)1); // each byte can be read
                    }

                    if (random.Next(3) == 0)
                    {
                        AnswerAnyhow(rings, random);
                    }
                }
            }
            catch (WorkerProtocolException)
            {
                refused++;
                Assert.That(() => rings.Get(), Throws.TypeOf<WorkerProtocolException>(), "once broken, it stays so");
                Assert.That(rings.Send(1, mayWait: true), Is.EqualTo(SendStatus.Closed));
            }
        }

        Assert.That(refused, Is.GreaterThan(50));
        Assert.That(received, Is.GreaterThan(50));
    }

    [Test, CancelAfter(120_000)]
    public void Bytes_that_change_while_they_are_read_harm_nobody(CancellationToken timeout)
    {
        var random = new Random(5);
        for (var round = 0; round < 100 && !timeout.IsCancellationRequested; round++)
        {
            using var rings = new RingPair();
            for (var i = 0; i < 20; i++)
            {
                rings.Answer((ulong)i, new byte[random.Next(600)]);
            }

            var isOver = false;
            var worker = new Thread(() =>
            {
                var own = new Random(round);
                while (!Volatile.Read(ref isOver))
                {
                    rings.ToHost[own.Next(2_000)] ^= (byte)(1 << own.Next(8));
                }
            });
            worker.Start();
            try
            {
                while (rings.Host.Receive(ChannelReader.Channel, TimeSpan.Zero, out var message) == ReceiveStatus.Message)
                {
                    Assert.That(message.Header.IsValid, "the header is a copy");
                    Assert.That(message.Payload.Length + (message.Frames.Length * FrameReference.Bytes), Is.EqualTo(message.Header.Following));
                }
            }
            catch (WorkerProtocolException)
            {
                // what it is for
            }

            Volatile.Write(ref isOver, true);
            Assert.That(worker.Join(TimeSpan.FromSeconds(30)));
        }
    }

    [Test]
    public void The_length_of_the_memory_is_final()
    {
        using var memory = RingMemory.Create(RingMemory.MinRingBytes, 1024);
        using var writable = Libc.Reopen(memory.File, writable: true);
        Assert.That(() => RandomAccess.SetLength(writable, 0), Throws.Exception);
        Assert.That(() => RandomAccess.SetLength(writable, 1 << 20), Throws.Exception);
        Assert.That(RandomAccess.GetLength(writable), Is.EqualTo(4096 + (2 * RingMemory.MinRingBytes)));
    }

    [Test]
    public void A_worker_refuses_memory_that_is_not_rings()
    {
        using var memory = RingMemory.Create(RingMemory.MinRingBytes, 1024);
        var path = Path.GetTempFileName();
        try
        {
            Assert.That(() => RingMemory.Open(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite)), Throws.TypeOf<WorkerProtocolException>().With.Message.Contains("0 bytes"));
            using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
            {
                RandomAccess.SetLength(file, 4096 + (2 * RingMemory.MinRingBytes));
            }

            Assert.That(() => RingMemory.Open(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite)), Throws.TypeOf<WorkerProtocolException>().With.Message.Contains("not rings of version 1"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestCase(0)]
    [TestCase(8 * 1024)]
    [TestCase(20_000)]
    [TestCase(32 * 1024 * 1024)]
    public void A_ring_has_a_power_of_two_of_bytes(int ringBytes) =>
        Assert.That(() => RingMemory.Create(ringBytes, 1024), Throws.TypeOf<ArgumentOutOfRangeException>());

    private static void Refused(RingPair rings, string reason = "")
    {
        Assert.That(() => rings.Get(), Throws.TypeOf<WorkerProtocolException>().With.Message.Contains(reason));
        Assert.That(() => rings.Host.Receive(ChannelReader.Channel, Timeout.InfiniteTimeSpan, out _), Throws.TypeOf<WorkerProtocolException>());
        rings.Host.Abort();
    }

    private static void AnswerAnyhow(RingPair rings, Random random)
    {
        try
        {
            rings.Worker.Receive(TimeSpan.Zero, out _);
            if (rings.Control.ToHost.Tail - rings.Control.ToHost.Head < (ulong)rings.RingBytes / 4)
            {
                rings.Answer((ulong)random.Next(), new byte[random.Next(3_000)]);
            }
        }
        catch (WorkerProtocolException)
        {
            // a worker that reads its own garbage
        }
    }

    private static void Damage(RingPair rings, Random random)
    {
        var at = random.Next(8) switch
        {
            0 => random.Next((int)rings.Length - 8) & ~7,
            1 => (int)((ulong)(RingControl.Bytes + rings.RingBytes) + (rings.Control.ToHost.Head % (ulong)rings.RingBytes)), // where the host reads next
            2 => 128 + RingLines.Bytes,                                                                                     // the tail that it believes in
            3 => 128 + 128,                                                                                                 // the head that it believes in
            4 => 128 + RingLines.Bytes + 256,                                                                               // readers and sleepers
            _ => -1,
        };
        if (at >= 0 && random.Next(4) == 0)
        {
            var value = random.Next(3) switch
            {
                0 => random.NextInt64(),
                1 => random.Next(1 << 15) & ~7,
                _ => MemoryMarshal.Read<long>(rings.Raw[at..]) + (8 * random.Next(-50, 50)),
            };
            MemoryMarshal.Write(rings.Raw[at..], value);
        }
    }
}
