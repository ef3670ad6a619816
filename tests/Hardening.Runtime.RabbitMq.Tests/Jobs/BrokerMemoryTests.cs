using System.Text;

namespace Hardening.Runtime.RabbitMq.Tests.Jobs;

/// <summary>A broker whose memory runs short takes no messages, from callers nor from hosts. With what docs/runtime/rabbitmq.md has it set, that passes by itself.</summary>
public sealed class BrokerMemoryTests
{
    private const int FrameBytes = 1 << 20;

    // A log that does not fit below the alarm, as where nobody has set it: so that the alarm comes at all.
    private static readonly TestBrokerOptions Short = new()
    {
        Settings = ["raft.wal_max_size_bytes = 536870912", "vm_memory_high_watermark.absolute = 260MB", "background_gc_enabled = true", "background_gc_target_interval = 1000"],
    };

    [Test, CancelAfter(480_000)]
    public async Task Jobs_and_answers_go_on_after_an_alarm_of_its_memory(CancellationToken timeout)
    {
        await using var broker = await TestBroker.StartAsync(timeout, Short);
        using var frames = new FramePool(1, FrameBytes);
        Assert.That(frames.TryRent("test", out var buffer));
        buffer.Bytes.Fill(3);
        using var frame = buffer.Publish(new FrameInfo { Camera = "test", Sequence = 1, HostTimestamp = 0, Width = 1024, Height = 1024, Stride = 1024, Length = FrameBytes, PixelFormat = PixelFormat.Mono8 });
        await using var line = await TestLine.StartAsync("short", timeout, options => (options.MaxFrameBytes, options.FrameSlots, options.Deadline) = (FrameBytes, 4, TimeSpan.FromMinutes(7)), options => options.Uri = broker.Uri);
        var alarm = Eventually.HoldsAsync(() => line.Connection.Statistics.IsBlocked || line.HostConnection!.Statistics.IsBlocked, "the alarm comes", timeout);
        while (!alarm.IsCompleted)
        {
            await RunAsync();
        }

        await alarm;
        await RunAsync();
        var ends = line.Caller.Statistics;
        Assert.That((ends.Succeeded, ends.Duplicates), Is.EqualTo((ends.Submitted, 0L)), $"{ends}");

        async Task RunAsync()
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => line.Caller.RunAsync("sum"u8.ToArray(), frame, default, timeout).AsTask()));
            Assert.That(answers.Select(Encoding.UTF8.GetString), Is.All.EqualTo($"{3L * FrameBytes}"));
        }
    }
}
