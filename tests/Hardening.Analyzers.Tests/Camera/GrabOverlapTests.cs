namespace Hardening.Analyzers.Tests.Camera;

/// <summary>What all rules together say about loops that grab: one mistake, one diagnostic; and nothing about what the fixes write.</summary>
public sealed class GrabOverlapTests
{
    private static readonly Setup With4 = new() { Sources = [OpenCvDeclarations.OpenCvSharp4] };

    [TestCase("while (!{|HRD4006:camera.Read(frame)|}) { }", TestName = "{m}(a loop that waits for a frame polls no state)")]
    [TestCase("while (run) { if (!{|HRD4006:camera.Read(frame)|}) continue; use(frame); }", TestName = "{m}(a spin)")]
    [TestCase("while (!camera.Read(frame)) { Thread.Sleep(1); } use(frame);", TestName = "{m}(a short pause)")]
    [TestCase("{|HRD4001:while|} (run) { {|HRD4006:camera.Read(frame)|}; Cv2.Canny(frame, frame, 1, 2); }", TestName = "{m}(two mistakes)")]
    [TestCase("var front = {|HRD4007:new VideoCapture(url)|}; {|HRD4001:while|} (front.Read(frame)) { Cv2.Canny(frame, frame, 1, 2); }", TestName = "{m}(never released comes before no limits)")]
    [TestCase("while (run) { if (!camera.Read(frame)) { Thread.Sleep(100); continue; } use(frame); }", TestName = "{m}(what the fix of HRD4006 writes)")]
    public Task Rules_agree(string body) => AllRules.ReportsAsync(
        $"using System; using System.Threading; using OpenCvSharp;\nclass C {{ void M(VideoCapture camera, Mat frame, Action<Mat> use, string url, bool run) {{ {body} }} }}", With4);

    [Test]
    public Task Nothing_is_reported_on_what_the_fix_of_HRD4001_writes() => AllRules.ReportsAsync(
        """
        using System.Threading;
        using System.Threading.Channels;
        using System.Threading.Tasks;
        using OpenCvSharp;
        class C
        {
            async Task M(VideoCapture camera, CancellationToken stop)
            {
                await Task.Yield();
                using var edges = new Mat();
                var frames = Channel.CreateBounded<Mat>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true }, static dropped => dropped.Dispose());
                var work = Task.Run(async () =>
                {
                    await foreach (var frame in frames.Reader.ReadAllAsync())
                    {
                        using (frame)
                        {
                            Cv2.Canny(frame, edges, 1, 2);
                        }
                    }
                });
                try
                {
                    while (!work.IsCompleted && !stop.IsCancellationRequested)
                    {
                        var grabbed = new Mat();
                        if (!camera.Read(grabbed))
                        {
                            grabbed.Dispose();
                            await Task.Delay(100, stop);
                            continue;
                        }

                        frames.Writer.TryWrite(grabbed);
                    }
                }
                finally
                {
                    frames.Writer.Complete();
                    await work;
                }
            }
        }
        """,
        With4);
}
