using Hardening.Camera;
using Hardening.Camera.Recording;

namespace Hardening.Runtime.Tests.Camera.Recording;

/// <summary>What is left of a recording that was cut off, or in which bytes have changed.</summary>
[Platform("Linux")]
public sealed class RecordingDamageTests
{
    private const int Frames = 4;

    [Test, CancelAfter(120_000)]
    public async Task Cut_off_at_any_byte_it_is_read_up_to_its_last_whole_frame(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var (path, bytes, ends) = await RecordAsync(line, timeout);
        for (var length = bytes.Length; length >= 0; length--)
        {
            await File.WriteAllBytesAsync(path, bytes.AsMemory(0, length), timeout);
            var whole = ends.Count(end => end <= length);
            if (whole == 0)
            {
                Assert.That(() => line.Start(), Throws.TypeOf<FrameSourceException>(), $"{length} bytes");
                continue;
            }

            using var source = line.Start();
            var frames = RecordingLine.ReadAll(source);
            Assert.That(frames.Select(frame => (frame.Sequence, frame.Status)), Is.EqualTo(Enumerable.Range(0, whole).Select(i => ((long)i, FrameStatus.Complete))), $"{length} bytes");
            var statistics = source.GetStatistics();
            Assert.That((statistics.CutOffFiles, statistics.Skipped, statistics.Damaged), Is.EqualTo((length == bytes.Length ? 0 : 1, 0, 0)), $"{length} bytes");
        }
    }

    [Test, CancelAfter(120_000)]
    public async Task A_changed_byte_costs_no_more_than_its_own_frame(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var (path, bytes, ends) = await RecordAsync(line, timeout);
        var random = new Random(1);
        for (var at = 0; at < bytes.Length; at++)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= (byte)random.Next(1, 256);
            await File.WriteAllBytesAsync(path, changed, timeout);
            if (at < ends[0] - FrameBytes(ends))
            {
                Assert.That(() => line.Start(), Throws.TypeOf<FrameSourceException>(), $"byte {at} of the header");
                continue;
            }

            using var source = line.Start();
            var whole = RecordingLine.ReadAll(source).Where(frame => frame.Status == FrameStatus.Complete).Select(frame => (int)frame.Sequence);
            var hit = ends.FindIndex(end => at < end);
            Assert.That(whole, Is.EqualTo(Enumerable.Range(0, Frames).Where(frame => frame != hit)), $"byte {at}");
            var statistics = source.GetStatistics();
            Assert.That(statistics.Damaged + statistics.Skipped, Is.EqualTo(hit >= 0 ? 1 : 0), $"byte {at}");
        }
    }

    [Test, CancelAfter(120_000)]
    public async Task Damaged_pixels_are_delivered_as_incomplete_and_a_damaged_header_is_skipped(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var (path, bytes, ends) = await RecordAsync(line, timeout);
        bytes[ends[0] - 1] ^= 1;                              // pixels of frame 0
        bytes[ends[2] - FrameBytes(ends) + 33] ^= 1;          // number of frame 2
        await File.WriteAllBytesAsync(path, bytes, timeout);
        var source = line.Start();
        Assert.That(RecordingLine.ReadAll(source).Select(frame => (frame.Sequence, frame.Status)), Is.EqualTo(new[]
        {
            (0L, FrameStatus.Incomplete), (1L, FrameStatus.Complete), (3L, FrameStatus.Complete),
        }));
        var statistics = source.GetStatistics();
        Assert.That((statistics.Frames, statistics.Damaged, statistics.Skipped, statistics.SkippedBytes), Is.EqualTo((3, 1, 1, FrameBytes(ends))));
        Assert.That(line.Log.Records.Select(record => record.EventId), Does.Contain(4251).And.Contain(4253));
    }

    [Test, CancelAfter(120_000)]
    public async Task Noise_and_holes_neither_end_the_process_nor_keep_it_for_ever(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var (path, bytes, ends) = await RecordAsync(line, timeout);
        var random = new Random(2);
        for (var round = 0; round < 300; round++)
        {
            var noisy = bytes.ToList();
            for (var i = random.Next(1, 6); i > 0 && noisy.Count > ends[0] + 10; i--)
            {
                var at = random.Next(ends[0], noisy.Count - 1);
                var count = random.Next(1, Math.Min(200, noisy.Count - at));
                switch (random.Next(4))
                {
                    case 0: noisy.RemoveRange(at, count); break;
                    case 1: noisy.InsertRange(at, Enumerable.Range(0, count).Select(_ => (byte)random.Next(256))); break;
                    case 2: noisy.InsertRange(at, noisy.GetRange(Math.Max(0, at - count), Math.Min(at, count))); break;
                    default: noisy.InsertRange(at, [.. RecordingFormat.FrameMagic]); break;
                }
            }

            await File.WriteAllBytesAsync(path, noisy.ToArray(), timeout);
            using var source = line.Start();
            Assert.That(RecordingLine.ReadAll(source).First().Sequence, Is.Zero, $"round {round}");
        }
    }

    private static int FrameBytes(List<int> ends) => ends[1] - ends[0];

    private static async Task<(string Path, byte[] Bytes, List<int> Ends)> RecordAsync(RecordingLine line, CancellationToken timeout)
    {
        var metadata = new FrameMetadata(["ChunkCounter"]);
        var path = await line.RecordAsync(Frames, timeout, metadata: number =>
        {
            metadata.Set(0, number);
            return metadata;
        });
        using var file = RecordingFileReader.Open(path);
        var ends = new List<int>();
        while (file.TryNext(out var frame))
        {
            ends.Add((int)frame.End);
        }

        Assert.That(ends, Has.Count.EqualTo(Frames));
        return (path, await File.ReadAllBytesAsync(path, timeout), ends);
    }
}
