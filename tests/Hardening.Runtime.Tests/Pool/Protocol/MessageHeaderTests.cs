using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hardening.Pool.Protocol;

namespace Hardening.Runtime.Tests.Pool.Protocol;

public sealed class MessageHeaderTests
{
    [Test]
    public void The_structures_have_the_sizes_of_the_protocol()
    {
        Assert.That(Unsafe.SizeOf<MessageHeader>(), Is.EqualTo(MessageHeader.Bytes));
        Assert.That(Unsafe.SizeOf<FrameReference>(), Is.EqualTo(FrameReference.Bytes));
    }

    // zlib.crc32 of Python gave these.
    [TestCase(0, 0x00u, 0x807077E9u)]
    [TestCase(1, 0x00u, 0xD708085Du)]
    [TestCase(0, 0xFFu, 0x80E3231Du)]
    public void The_checksum_is_that_of_zlib(int step, uint first, uint expected)
    {
        var bytes = new byte[32];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(first + (i * step));
        }

        Assert.That(Crc32.Compute(bytes), Is.EqualTo(expected));
    }

    [Test]
    public void A_sealed_header_is_valid_until_any_bit_changes()
    {
        var header = new MessageHeader { Kind = MessageKind.Job, Id = 0x0123_4567_89AB_CDEF, Frames = 2, PayloadBytes = 1_000_000, SoftLimit = 250, Reserved = 7 };
        header.Seal();
        Assert.That(header.IsValid);
        Assert.That(header.Reserved, Is.Zero);
        for (var bit = 0; bit < MessageHeader.Bytes * 8; bit++)
        {
            var damaged = header;
            MemoryMarshal.AsBytes(new Span<MessageHeader>(ref damaged))[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(damaged.IsValid, Is.False, $"bit {bit}");
            Assert.That(damaged.Describe(int.MaxValue), Is.Not.Empty);
        }
    }

    [Test]
    public void A_header_says_what_is_wrong_with_it()
    {
        var header = new MessageHeader { Kind = MessageKind.Result, PayloadBytes = 5_000 };
        header.Seal();
        Assert.That(header.Describe(maxPayload: 4_999), Does.Contain("5,000 bytes, and 4,999 are allowed"));
        Assert.That((header with { Magic = 0 }).Describe(4_999), Does.Contain("0x00000000 instead of 0x57445248"));
        Assert.That((header with { Version = 2 }).Describe(4_999), Does.Contain("version 2"));
        Assert.That((header with { Checksum = 1 }).Describe(4_999), Does.Contain("its checksum is 0x00000001"));
        var frames = new MessageHeader { Frames = 9 };
        frames.Seal();
        Assert.That(frames.IsValid, Is.False);
        Assert.That(frames.Describe(0), Does.Contain("9 frames, and 8 are the most"));
    }
}
