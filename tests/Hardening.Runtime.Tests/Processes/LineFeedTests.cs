using System.Text;
using Hardening.Processes;

namespace Hardening.Runtime.Tests.Processes;

public sealed class LineFeedTests
{
    private readonly ManualTimeProvider _time = new();

    [TestCase("a\nb\n", "a|b|(end)")]
    [TestCase("a\nb", "a|b|(end)")]
    [TestCase("a\r\nb\rc\n\rd", "a|b|c||d|(end)")]
    [TestCase("\n\n", "||(end)")]
    [TestCase("", "(end)")]
    [TestCase("ä€😀\n", "ä€😀|(end)")]
    public async Task Splits_lines_however_they_arrive(string text, string lines)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var size = 1; size <= Math.Max(1, bytes.Length); size++)
        {
            var output = Output(4096);
            var got = new List<string>();
            var feed = new LineFeed(output, Encoding.UTF8, 4096, line => got.Add(line ?? "(end)"));
            feed.Begin();
            foreach (var chunk in bytes.Chunk(size))
            {
                output.Write(chunk);
                await Task.Yield();
            }

            output.Complete();
            await feed.Completed!;
            Assert.That(string.Join('|', got), Is.EqualTo(lines));
        }
    }

    [Test]
    public async Task A_line_without_an_end_comes_in_pieces()
    {
        var output = Output(1 << 16);
        var got = new List<string?>();
        var feed = new LineFeed(output, Encoding.UTF8, 1000, got.Add);
        output.Write(Encoding.ASCII.GetBytes(new string('x', 2500) + "\n" + new string('y', 1000) + "\nz"));
        output.Complete();
        feed.Begin();
        await feed.Completed!;
        Assert.That(got.Select(line => line?.Length), Is.EqualTo(new int?[] { 1000, 1000, 500, 1000, 1, null }));
    }

    [Test, CancelAfter(60_000)]
    public async Task Paused_it_keeps_the_lines_and_goes_on_with_them(CancellationToken timeout)
    {
        var output = Output(4096);
        var got = new List<string?>();
        LineFeed feed = null!;
        feed = new LineFeed(output, Encoding.UTF8, 4096, line =>
        {
            got.Add(line);
            if (line == "b")
            {
                feed.Pause();
            }
        });
        feed.Begin();
        output.Write("a\nb\nc\n"u8.ToArray());
        await Eventually.HoldsAsync(() => !feed.IsOn, "it is paused", timeout);
        output.Write("d\n"u8.ToArray());
        output.Complete();
        Assert.That((string.Join('|', got), feed.Completed!.IsCompleted), Is.EqualTo(("a|b", false)));
        feed.Begin();
        await feed.Completed!;
        Assert.That(string.Join('|', got), Is.EqualTo("a|b|c|d|"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_slow_handler_is_a_reader_and_one_that_never_returns_is_none(CancellationToken timeout)
    {
        var output = Output(4096);
        using var inHandler = new SemaphoreSlim(0);
        using var go = new ManualResetEventSlim();
        var feed = new LineFeed(output, Encoding.UTF8, 4096, _ =>
        {
            inHandler.Release();
            go.Wait(timeout);
        });
        feed.Begin();
        output.Write("a\n"u8.ToArray());
        await inHandler.WaitAsync(timeout);
        output.Write(new byte[4096]);
        Assert.That(output.Allow(1), Is.Zero);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.That(output.IsHeld);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(output.IsHeld, Is.False);
        go.Set();
        output.Complete();
        await feed.Completed!;
    }

    private CapturedOutput Output(int capacity) => new(capacity, TimeSpan.FromSeconds(30), _time, _ => { });
}
