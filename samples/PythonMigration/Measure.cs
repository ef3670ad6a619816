using Hardening.Pool;

namespace PythonMigration;

/// <summary>legacy/measure.py in C#, line by line.</summary>
internal sealed class Measure() : JobHandler<MeasureRequest, Measurement>(MeasureContract.Json)
{
    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(CrcOf)];

    public override Measurement Run(MeasureRequest request, JobContext job)
    {
        var frame = job.Frame(0);
        var (bright, total, check) = (0, 0L, 0u);
        var (left, top, right, bottom) = (frame.Width, frame.Height, -1, -1);
        var histogram = new int[8];
        for (var y = 0; y < frame.Height; y++)
        {
            var row = frame.Pixels.Slice(y * frame.Stride, frame.Width);
            check = Crc(row, check);
            for (var x = 0; x < row.Length; x++)
            {
                var value = row[x];
                total += value;
                histogram[value >> 5]++;
                if (value > request.Limit)
                {
                    bright++;
                    (left, right) = (Math.Min(left, x), Math.Max(right, x));
                    (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
                }
            }
        }

        var mean = total * 1000 / (frame.Width * (long)frame.Height);
        return new Measurement(frame.Sequence, bright, bright > 0 ? [left, top, right, bottom] : null, mean, histogram, check);
    }

    // zlib.crc32.
    private static uint Crc(ReadOnlySpan<byte> bytes, uint start)
    {
        var crc = ~start;
        foreach (var value in bytes)
        {
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint CrcOf(int value)
    {
        var crc = (uint)value;
        for (var bit = 0; bit < 8; bit++)
        {
            crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }

        return crc;
    }
}
