using Hardening.Camera.Recording;

namespace Hardening.Runtime.Tests.Camera.Recording;

public sealed class Crc32Tests
{
    [Test]
    public void Is_that_of_zlib() => Assert.That(Crc32.Compute("123456789"u8), Is.EqualTo(0xCBF43926));

    [Test]
    public void Is_the_same_for_every_length_with_the_processors_instructions_and_without()
    {
        var random = new Random(1);
        var bytes = new byte[1100];
        random.NextBytes(bytes);
        for (var length = 0; length <= 1024; length++)
        {
            var part = bytes.AsSpan(length % 7, length);
            var expected = BitByBit(part);
            Assert.That((Crc32.Compute(part), Crc32.ComputeByTables(part)), Is.EqualTo((expected, expected)), $"{length} bytes");
        }
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }
}
