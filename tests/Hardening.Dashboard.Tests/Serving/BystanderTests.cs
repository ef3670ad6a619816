using Hardening.Camera;
using Hardening.Dashboard.Pictures;
using Microsoft.Extensions.DependencyInjection;

namespace Hardening.Dashboard.Tests.Serving;

/// <summary>A pipeline beside browsers: they see it, and it loses nothing by that.</summary>
[CancelAfter(120_000)]
public sealed class BystanderTests
{
    private const int EnoughPictures = 40;

    // The cameras give as fast as they are asked, and the work is on their own threads: there is no lane that could be full on a busy machine, and a frame can only be lost for want of a buffer.
    [Test]
    public async Task A_pipeline_loses_no_frame_to_those_who_look(CancellationToken timeout)
    {
        await using var host = await DashboardHost.StartAsync(timeout, services => services.AddFramePipeline("line", pipeline => pipeline
            .From(Camera("left", PixelFormat.Mono8))
            .From(Camera("right", PixelFormat.BayerRG8))
            .Stage("look", (in _, _) => { }, new FrameStageOptions { Workers = 0 })), options => options.PicturesPerSecond = 25);
        var pipeline = host.Services.GetRequiredKeyedService<FramePipeline>("line");
        using var events = await EventReader.OpenAsync(host, timeout);
        var lookers = Enumerable.Range(0, 4).Select(_ => LookAsync(host, timeout)).ToArray();
        var seen = await events.NextAsync("state", state => state.GetProperty("cameras")[0].GetProperty("received").GetInt64() > 0, timeout);
        Assert.That(seen.GetProperty("cameras")[1].GetProperty("pixelFormat").GetString(), Is.EqualTo("BayerRG8"));
        await Task.WhenAll(lookers);
        await pipeline.StopAsync(timeout);
        var now = pipeline.GetStatistics();
        Assert.That(now.Cameras.Select(camera => (camera.Processed > 0, camera.Received - camera.Processed, camera.Dropped, camera.Lost)), Has.All.EqualTo((true, 0L, 0L, 0L)));
        Assert.That(now.HeldBuffers, Is.Zero);
    }

    [Test]
    public async Task Pictures_come_as_the_page_of_the_dashboard_says_and_change(CancellationToken timeout)
    {
        await using var host = await DashboardHost.StartAsync(timeout, services => services.AddFramePipeline("line", pipeline => pipeline
            .From(Camera("left", PixelFormat.Mono8, rate: 50))
            .From(Camera("right", PixelFormat.BayerRG8, rate: 50))
            .To("nothing", (in _, _) => { })), options => options.PicturesPerSecond = 25);
        var pictures = await PicturesAsync(host, answer => answer.Count == 2, timeout);
        Assert.That(pictures.Select(picture => (picture.Index, picture.Width, picture.Height, picture.Channels)), Is.EqualTo(new[] { (0, 160, 128, 1), (1, 160, 128, 3) }));
        await PicturesAsync(host, answer => answer.Count == 2 && answer.All(picture => picture.Sequence > pictures[picture.Index].Sequence), timeout);
        await PicturesAsync(host, answer => answer.Count == 2 && answer.All(picture => !picture.Pixels.SequenceEqual(pictures[picture.Index].Pixels)), timeout); // two frames may show the same
        var state = await host.StateAsync(timeout);
        Assert.That(state.GetProperty("cameras").EnumerateArray().Select(camera => camera.GetProperty("hasThumbnail").GetBoolean()), Is.EqualTo(new[] { true, true }));
    }

    [Test]
    public async Task Without_pictures_pipelines_have_no_further_sink_and_no_further_buffer(CancellationToken timeout)
    {
        await using var host = await DashboardHost.StartAsync(timeout, services => services.AddFramePipeline("line", pipeline => pipeline.From(new ScriptedFrameSource("left")).To("nothing", (in _, _) => { })), options => options.PicturesPerSecond = 0);
        Assert.That((await host.StateAsync(timeout)).GetProperty("cameras")[0].GetProperty("hasThumbnail").GetBoolean(), Is.False);
        Assert.That(await PicturesAsync(host, _ => true, timeout), Is.Empty);
    }

    private static SyntheticFrameSource Camera(string name, PixelFormat format, double? rate = null) =>
        new(new SyntheticFrameSourceOptions { Name = name, Width = 320, Height = 256, FrameRate = rate, PixelFormat = format });

    // Until some pictures are seen, each of another frame.
    private static async Task LookAsync(DashboardHost host, CancellationToken timeout)
    {
        var seen = new HashSet<(int Camera, long Sequence)>();
        while (seen.Count < EnoughPictures)
        {
            seen.UnionWith(Read(await host.Client.GetByteArrayAsync(new Uri("hardening/api/thumbnails", UriKind.Relative), timeout)).Select(picture => (picture.Index, picture.Sequence)));
        }
    }

    private static async Task<List<Picture>> PicturesAsync(DashboardHost host, Func<List<Picture>, bool> isWanted, CancellationToken timeout)
    {
        while (true)
        {
            var pictures = Read(await host.Client.GetByteArrayAsync(new Uri("hardening/api/thumbnails", UriKind.Relative), timeout));
            if (isWanted(pictures))
            {
                return pictures;
            }
        }
    }

    // As the page says, offset by offset.
    private static List<Picture> Read(byte[] answer)
    {
        Assert.That(answer.AsSpan(0, 4).SequenceEqual("HTH1"u8));
        var pictures = new List<Picture>();
        var at = 16;
        for (var i = 0; i < BitConverter.ToInt32(answer, 4); i++)
        {
            var bytes = BitConverter.ToInt32(answer, at + 24);
            var picture = new Picture(
                BitConverter.ToInt32(answer, at), BitConverter.ToUInt16(answer, at + 4), BitConverter.ToUInt16(answer, at + 6), answer[at + 8], BitConverter.ToInt64(answer, at + 16), answer[(at + 28)..(at + 28 + bytes)]);
            Assert.That(bytes, Is.EqualTo(picture.Width * picture.Height * picture.Channels).And.InRange(1, PictureSize.MaxBytes));
            pictures.Add(picture);
            at += 28 + ((bytes + 3) & ~3);
        }

        Assert.That(at, Is.EqualTo(answer.Length));
        return pictures;
    }

    private sealed record Picture(int Index, int Width, int Height, int Channels, long Sequence, byte[] Pixels);
}
