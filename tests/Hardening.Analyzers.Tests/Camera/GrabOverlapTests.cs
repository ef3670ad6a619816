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

    [TestCase("{|HRD4001:while|} (run) { var shot = {|HRD4002:new Mat()|}; if (!camera.Read(shot)) { break; } Cv2.Canny(shot, frame, 1, 2); }", TestName = "{m}(an image per frame that nobody disposes, and work)")]
    [TestCase("{|HRD4001:while|} (run) { var shot = {|HRD4002:new Mat()|}; {|HRD4006:camera.Read(shot)|}; Cv2.Canny(shot, frame, 1, 2); }", TestName = "{m}(nobody asks for the frame either)")]
    [TestCase("{|HRD4001:while|} (camera.Read(frame)) { _last = {|HRD4005:frame|}; Cv2.Canny(frame, edges, 1, 2); }", TestName = "{m}(a frame in a field, and work)")]
    [TestCase("while (run) { {|HRD4006:camera.Read(frame)|}; _last = {|HRD4005:frame|}; }", TestName = "{m}(a frame in a field, of which nobody asks whether it is one)")]
    [TestCase("while (camera.Read(frame)) { _sent.Add({|HRD4005:frame|}); }", TestName = "{m}(the camera's own image in a queue)")]
    [TestCase("while (camera.Read(frame)) { Cv2.Canny(frame, edges, 1, 2); _queue.Enqueue(edges.Clone()); }", "{|HRD4008:_queue|}", TestName = "{m}(what is done before the hand-off prepares it)")]
    [TestCase("{|HRD4001:while|} (camera.Read(frame)) { _queue.Enqueue(frame.Clone()); Cv2.Canny(frame, edges, 1, 2); }", "{|HRD4008:_queue|}", TestName = "{m}(a queue without a bound, and work)")]
    [TestCase("while (camera.Read(frame)) { _queue.Enqueue({|HRD4005:frame|}); }", TestName = "{m}(one image again and again: the queue grows by none until it is cloned)")]
    [TestCase("while (run) { {|HRD4006:camera.Read(frame)|}; _queue.Enqueue(frame.Clone()); }", "{|HRD4008:_queue|}", TestName = "{m}(a queue without a bound, of what may be no frame)")]
    [TestCase("while (camera.Read(frame)) { var pixels = {|HRD4009:new byte[frame.Width * frame.Height]|}; use(frame); }", TestName = "{m}(an array for each frame)")]
    [TestCase("{|HRD4001:while|} (camera.Read(frame)) { var pixels = {|HRD4009:new byte[frame.Width * frame.Height]|}; Cv2.Canny(frame, edges, 1, 2); File.WriteAllBytes(url, pixels); }", TestName = "{m}(an array for each frame, and work)")]
    public Task One_mistake_of_a_capture_loop_is_one_diagnostic(string body, string queue = "_queue") => AllRules.ReportsAsync(
        $$"""
        using System; using System.Collections.Concurrent; using System.Collections.Generic; using System.IO; using OpenCvSharp;
        class C
        {
            private readonly ConcurrentQueue<Mat> {{queue}} = new();
            private readonly BlockingCollection<Mat> _sent = new(4);
            private Mat? _last;
            public bool Has => _last is not null && _queue.TryDequeue(out var next) && next.Empty();
            void M(VideoCapture camera, Mat frame, Mat edges, Action<Mat> use, string url, bool run) { {{body}} }
        }
        """,
        With4);

    [TestCase("foreach (var frame in frames) { {|HRD2001:new Thread|}(() => {|HRD4003:Cv2.Canny|}(frame, frame, 1, 2)).Start(); }", TestName = "{m}(a thread for each frame, and OpenCV's own)")]
    [TestCase("foreach (var frame in frames) { _ = {|HRD2002:Task.Run|}(() => {|HRD4003:Cv2.Canny|}(frame, frame, 1, 2)); }", TestName = "{m}(a task for each frame, and OpenCV's own threads)")]
    [TestCase("Parallel.ForEach(frames, frame => {|HRD4003:Cv2.Canny|}(frame, frame, 1, 2));", TestName = "{m}(a parallel loop that computes)")]
    [TestCase("lines[0].FrameArrived += frame => { using var child = Process.Start(\"tool\", \"x\"); {|HRD4004:child.WaitForExit|}(); };", TestName = "{m}(a wait for a process in a frame callback)")]
    [TestCase("lines[0].FrameArrived += frame => { {|HRD4004:lock (_gate)|} { {|HRD1003:Thread.Sleep|}(1); } };", TestName = "{m}(a lock, and a wait under it, in a frame callback)")]
    [TestCase("var queue = {|HRD4008:Channel.CreateUnbounded<Mat>|}(); lines[0].FrameArrived += frame => queue.Writer.TryWrite({|HRD4005:frame|});", TestName = "{m}(a lent frame in a queue without a bound: two mistakes)")]
    [TestCase("var queue = {|HRD4008:Channel.CreateUnbounded<Mat>|}(); lines[0].FrameArrived += frame => queue.Writer.TryWrite(frame.Clone());", TestName = "{m}(a queue without a bound)")]
    public Task One_mistake_with_threads_and_callbacks_is_one_diagnostic(string body) => AllRules.ReportsAsync(
        $$"""
        using System; using System.Collections.Generic; using System.Diagnostics; using System.Threading; using System.Threading.Channels; using System.Threading.Tasks; using OpenCvSharp;
        class LineCamera { public event Action<Mat>? FrameArrived; public void Raise(Mat frame) => FrameArrived?.Invoke(frame); }
        class C { private readonly object _gate = new(); void M(List<Mat> frames, List<LineCamera> lines) { {{body}} } }
        """,
        With4);

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
