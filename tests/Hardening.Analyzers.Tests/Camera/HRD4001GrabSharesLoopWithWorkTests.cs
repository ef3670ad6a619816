using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Camera.HRD4001GrabSharesLoopWithWorkAnalyzer, Hardening.Analyzers.Camera.HRD4001GrabSharesLoopWithWorkCodeFix>;

namespace Hardening.Analyzers.Tests.Camera;

public sealed class HRD4001GrabSharesLoopWithWorkTests
{
    private const string Usings =
        "using System; using System.Collections.Concurrent; using System.Collections.Generic; using System.IO; using System.Net.Http; using System.Text.Json; using System.Threading; using System.Threading.Channels; using System.Threading.Tasks; using OpenCvSharp;\n";

    private static readonly Setup With4 = new() { Sources = [OpenCvDeclarations.OpenCvSharp4] };
    private static readonly Setup WithEmgu = new() { Sources = [OpenCvDeclarations.Emgu] };
    private static readonly Setup WithGrabbers = new() { Sources = [GrabberDeclarations.All] };

    private static string In(string body) => Usings +
        $$"""
        class C
        {
            volatile bool _run;
            readonly object _gate = new();
            Mat _latest = new();
            async Task M(VideoCapture camera, VideoCapture[] cameras, Mat frame, Mat edges, ConcurrentQueue<Mat> queue, ChannelWriter<Mat> writer, ChannelWriter<int> counts, BlockingCollection<int> jobs, HttpClient http, AutoResetEvent go, string text, CancellationToken token)
            {
                await Task.Yield();
                {{body}}
            }
            void Inspect(Mat image) => Find(image);
            void Find(Mat image) => Cv2.Canny(image, image, 1, 2);
            async Task InspectAsync(Mat image) { await Task.Yield(); Cv2.Canny(image, image, 1, 2); }
            bool Next(Mat frame, VideoCapture camera) => camera.Read(frame);
            void Show(Mat image) { Cv2.ImShow("x", image); Cv2.WaitKey(1); }
            void InspectAndKeep(ConcurrentQueue<Mat> queue, Mat image) { Find(image); if (Cv2.CountNonZero(image) > 9) queue.Enqueue(image.Clone()); }
            void HandOver(ConcurrentQueue<Mat> queue, Mat image) => queue.Enqueue(image.Clone());
        }
        """;

    [TestCase("[|while|] (_run) { camera.Read(frame); Cv2.Canny(frame, edges, 1, 2); }", TestName = "{m}(image work)")]
    [TestCase("[|while|] (camera.Read(frame)) { Cv2.GaussianBlur(frame, edges, new Size(5, 5), 0); }", TestName = "{m}(a grab in the condition)")]
    [TestCase("[|for|] (;;) { if (!camera.Read(frame)) break; Inspect(frame); }", TestName = "{m}(through calls)")]
    [TestCase("[|do|] { camera.Read(frame); Cv2.ImWrite(\"x.png\", frame); } while (_run);", TestName = "{m}(an image on the disk)")]
    [TestCase("[|foreach|] (var each in cameras) { each.Read(frame); Inspect(frame); }", TestName = "{m}(each camera)")]
    [TestCase("while (_run) { [|foreach|] (var each in cameras) { if (each.Read(frame)) Inspect(frame); } Thread.Sleep(5); }", TestName = "{m}(each camera, again and again)")]
    [TestCase("[|while|] (_run) { if (camera.Read(frame)) { Cv2.CvtColor(frame, edges, ColorConversionCodes.BGR2GRAY); } }", TestName = "{m}(a change of colours)")]
    [TestCase("[|while|] (_run) { if (!camera.Read(frame)) { Thread.Sleep(100); continue; } File.WriteAllBytes(\"x\", frame.ToBytes()); }", TestName = "{m}(a file)")]
    [TestCase("[|while|] (_run) { camera.Read(frame); await http.PostAsync(\"http://x\", null, token); }", TestName = "{m}(the network)")]
    [TestCase("[|while|] (_run) { camera.Read(frame); await InspectAsync(frame); }", TestName = "{m}(an awaited method)")]
    [TestCase("[|while|] (_run) { camera.Read(frame); await Task.Run(() => Inspect(frame)); }", TestName = "{m}(an awaited task)")]
    [TestCase("[|while|] (_run) { camera.Read(frame); Parallel.For(0, 4, i => Inspect(frame)); }", TestName = "{m}(a parallel loop)")]
    [TestCase("[|while|] (_run) { camera.Read(frame); var n = Cv2.CountNonZero(frame); counts.TryWrite(n); }", TestName = "{m}(only the result is handed on)")]
    [TestCase("[|while|] (_run) { camera.Read(frame); Cv2.Canny(frame, edges, 1, 2); if (Cv2.CountNonZero(edges) > 9) queue.Enqueue(frame.Clone()); }", TestName = "{m}(only some frames are handed on, after the work)")]
    [TestCase("[|while|] (_run) { camera.Read(frame); lock (_gate) { _latest = frame.Clone(); } Cv2.Canny(frame, edges, 1, 2); }", TestName = "{m}(works on after the mailbox)")]
    [TestCase("[|while|] (_run) { camera.Read(frame); InspectAndKeep(queue, frame); }", TestName = "{m}(a method that works and hands some on)")]
    [TestCase("[|for|] (var n = 0; _run; n++) { camera.Read(frame); Cv2.Canny(frame, edges, n, 2); }", TestName = "{m}(a loop that counts its rounds)")]
    [TestCase("[|while|] (_run) { camera.Read(frame); Cv2.Canny(frame, edges, 1, 2); Cv2.ImShow(\"x\", edges); if (Cv2.WaitKey(1) == 27) break; }", TestName = "{m}(a viewer that works)")]
    [TestCase("[|while|] (_run) { camera.Grab(); camera.Retrieve(frame); Inspect(frame); }", TestName = "{m}(grab and retrieve)")]
    [TestCase("[|while|] (_run) { using var next = camera.RetrieveMat(); Inspect(next); }", TestName = "{m}(RetrieveMat)")]
    [TestCase("[|while|] (_run) { if (Next(frame, camera)) { Inspect(frame); } }", TestName = "{m}(a grab behind a call)")]
    [TestCase("[|while|] (_run) { while (!camera.Read(frame)) { Thread.Sleep(10); } Inspect(frame); }", TestName = "{m}(a loop that waits for a frame)")]
    [TestCase("[|while|] (_run) { for (var i = 0; i < 4; i++) camera.Grab(); camera.Read(frame); Inspect(frame); }", TestName = "{m}(frames thrown away before)")]
    [TestCase("[|while|] (_run) { camera.Read(frame); edges = frame.Threshold(1, 2, ThresholdTypes.Binary); }", TestName = "{m}(a method of the image)")]
    [TestCase("[|while|] (_run) { camera.Read(frame); Console.WriteLine(JsonSerializer.Serialize(frame.Rows.ToString())); }", TestName = "{m}(heavy work)")]
    [TestCase("using var front = new VideoCapture(0); [|while|] (front.Read(frame)) { Inspect(frame); }", TestName = "{m}(a camera by number)")]
    [TestCase("using var front = new VideoCapture($\"rtsp://{text}/1\"); [|while|] (front.Read(frame)) { Inspect(frame); }", TestName = "{m}(a camera by address)")]
    public Task Reports(string body) => Verify.ReportsAsync(In(body), With4);

    [TestCase("class C { void M(VideoCapture c) { void Loop() { using var f = new Mat(); [|while|] (c.Read(f)) { Cv2.Canny(f, f, 1, 2); } } new Thread(Loop).Start(); } }", TestName = "{m}(a local function)")]
    [TestCase("class C { Thread M(VideoCapture c, Mat f) => new(() => { [|while|] (c.Read(f)) { Cv2.Canny(f, f, 1, 2); } }); }", TestName = "{m}(a lambda)")]
    [TestCase("class C { IEnumerable<int> M(VideoCapture c, Mat f) { [|while|] (c.Read(f)) { yield return Cv2.CountNonZero(f); } } }", TestName = "{m}(an iterator)")]
    [TestCase("partial class C<T>(VideoCapture camera) where T : class { Mat? _f; partial void Run(); } partial class C<T> { partial void Run() { _f ??= new(); [|while|] (camera.Read(_f)) { Cv2.Canny(_f, _f, 1, 2); } } }", TestName = "{m}(a partial generic type)")]
    [TestCase("class C { readonly VideoCapture _c = new(0); readonly Mat _f = new(); void Run() { [|while|] (true) { Step(); } } void Step() { if (_c.Read(_f)) Cv2.Canny(_f, _f, 1, 2); } }", TestName = "{m}(one step is a method)")]
    [TestCase("class Camera { readonly VideoCapture _c = new(0); public bool Next(Mat m) => _c.Read(m); } class C { void Run(Camera c, Mat m) { [|while|] (c.Next(m)) { Cv2.Canny(m, m, 1, 2); } } }", TestName = "{m}(a camera of one's own)")]
    [TestCase("class C { void Run(Camera c, Mat m) { [|while|] (c.Next(m)) { Cv2.Canny(m, m, 1, 2); } } }\n// === Camera.cs ===\nusing OpenCvSharp; class Camera { readonly VideoCapture _c = new(0); public bool Next(Mat m) => _c.Read(m); }", TestName = "{m}(a camera in another document)")]
    [TestCase("interface IFilter { void Apply(Mat m); } class Edges : IFilter { public void Apply(Mat m) => Cv2.Canny(m, m, 1, 2); } class C(IFilter filter) { void Run(VideoCapture c, Mat f) { [|while|] (c.Read(f)) filter.Apply(f); } }", TestName = "{m}(an interface with one implementation)")]
    public Task Reports_code(string source) => Verify.ReportsAsync(Usings + source, With4);

    [Test]
    public Task Reports_in_top_level_statements() => Verify.ReportsAsync(
        Usings + "using var camera = new VideoCapture(0);\nusing var frame = new Mat();\n[|while|] (camera.Read(frame))\n{\n    Cv2.Canny(frame, frame, 1, 2);\n}", With4);

    [TestCase("while (camera.Read(frame)) { Cv2.ImShow(\"x\", frame); if (Cv2.WaitKey(1) == 27) break; }", TestName = "{m}(a viewer)")]
    [TestCase("while (camera.Read(frame)) { Cv2.CvtColor(frame, edges, ColorConversionCodes.BGR2GRAY); Show(edges); }", TestName = "{m}(a viewer that changes colours)")]
    [TestCase("while (camera.Read(frame)) { queue.Enqueue(frame.Clone()); }", TestName = "{m}(a queue)")]
    [TestCase("while (camera.Read(frame)) { Cv2.Resize(frame, edges, new Size(1, 1)); writer.TryWrite(edges.Clone()); }", TestName = "{m}(a channel)")]
    [TestCase("while (camera.Read(frame)) { Cv2.Resize(frame, edges, new Size(1, 1)); await writer.WriteAsync(edges.Clone(), token); }", TestName = "{m}(a channel that is awaited)")]
    [TestCase("while (camera.Read(frame)) { Cv2.GaussianBlur(frame, edges, new Size(3, 3), 0); HandOver(queue, edges); }", TestName = "{m}(a queue behind a call)")]
    [TestCase("while (camera.Read(frame)) { Cv2.GaussianBlur(frame, edges, new Size(3, 3), 0); lock (_gate) { _latest = edges.Clone(); } }", TestName = "{m}(a mailbox)")]
    [TestCase("while (camera.Read(frame)) { Cv2.GaussianBlur(frame, edges, new Size(3, 3), 0); Interlocked.Exchange(ref _latest, edges.Clone()).Dispose(); }", TestName = "{m}(an exchanged mailbox)")]
    [TestCase("while (camera.Read(frame)) { if (queue.Count < 4) { Cv2.Resize(frame, edges, new Size(1, 1)); queue.Enqueue(edges.Clone()); } }", TestName = "{m}(a queue with room)")]
    [TestCase("var n = 0; while (camera.Read(frame)) { if (n++ % 3 == 0) { Cv2.Resize(frame, edges, new Size(1, 1)); queue.Enqueue(edges.Clone()); } }", TestName = "{m}(each third frame is prepared and handed on)")]
    [TestCase("while (camera.Read(frame)) { var mine = frame.Clone(); _ = Task.Run(() => Inspect(mine)); }", TestName = "{m}(a task for each)")]
    [TestCase("using var movie = new VideoCapture(\"movie.mp4\"); while (movie.Read(frame)) { Inspect(frame); }", TestName = "{m}(a file)")]
    [TestCase("using var source = new VideoCapture(text); while (source.Read(frame)) { Inspect(frame); }", TestName = "{m}(a text that may be a file)")]
    [TestCase("VideoCapture video = cameras[0]; while (video.Read(frame)) { Inspect(frame); }", TestName = "{m}(a video by name)")]
    [TestCase("while (camera.Read(frame)) { Inspect(frame); Thread.Sleep(1000); }", TestName = "{m}(now and then)")]
    [TestCase("while (_run) { go.WaitOne(); if (!camera.Read(frame)) break; Inspect(frame); }", TestName = "{m}(when it is told to)")]
    [TestCase("foreach (var job in jobs.GetConsumingEnumerable()) { if (camera.Read(frame)) Inspect(frame); }", TestName = "{m}(once for each job)")]
    [TestCase("using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1)); while (await timer.WaitForNextTickAsync(token)) { if (camera.Read(frame)) Inspect(frame); }", TestName = "{m}(at each tick)")]
    [TestCase("for (var i = 0; i < 10; i++) { if (camera.Read(frame)) Inspect(frame); }", TestName = "{m}(ten frames)")]
    [TestCase("while (_run) { if (!camera.Read(frame)) { File.AppendAllText(\"log\", \"gone\"); Thread.Sleep(100); continue; } queue.Enqueue(frame.Clone()); }", TestName = "{m}(work where there is no frame)")]
    [TestCase("while (_run) { if (!camera.Read(frame)) { camera.Open(0); Thread.Sleep(100); continue; } Show(frame); }", TestName = "{m}(opens again)")]
    [TestCase("while (camera.Read(frame)) { Cv2.ImShow(\"x\", frame); var key = Cv2.WaitKey(1); if (key == 's') { Cv2.ImWrite(\"x.png\", frame); } }", TestName = "{m}(a picture at a key)")]
    [TestCase("while (camera.Read(frame)) { if (token.IsCancellationRequested) { File.WriteAllText(\"log\", \"end\"); break; } Show(frame); }", TestName = "{m}(work on the way out)")]
    [TestCase("while (_run) { try { camera.Read(frame); Show(frame); } catch (IOException e) { File.AppendAllText(\"log\", e.Message); } }", TestName = "{m}(work after an error)")]
    [TestCase("if (camera.Read(frame)) { Inspect(frame); }", TestName = "{m}(one frame)")]
    [TestCase("while (camera.Read(frame)) { Console.WriteLine(frame.Rows); }", TestName = "{m}(a line)")]
    [TestCase("while (_run) { Inspect(frame); }", TestName = "{m}(no grab)")]
    [TestCase("camera.Read(frame); while (_run) { Inspect(frame); }", TestName = "{m}(a grab before the loop)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In(body), With4);

    [TestCase("class C { void M(Action<Mat> use, VideoCapture c, Mat f) { while (c.Read(f)) { use(f); } } }", TestName = "{m}(code that cannot be seen)")]
    [TestCase("class C { event EventHandler<Mat>? Arrived; void M(VideoCapture c, Mat f) { while (c.Read(f)) { Arrived?.Invoke(this, f); } } }", TestName = "{m}(an event)")]
    [TestCase("class C(string path) { readonly VideoCapture _c = new(path); void M(Mat f) { while (_c.Read(f)) { Cv2.Canny(f, f, 1, 2); } } }", TestName = "{m}(a file in a field)")]
    [TestCase("class Film { readonly VideoCapture _c = new(\"film.mp4\"); public bool Next(Mat m) => _c.Read(m); } class C { void Run(Film c, Mat m) { while (c.Next(m)) { Cv2.Canny(m, m, 1, 2); } } }", TestName = "{m}(a film of one's own)")]
    [TestCase("class C { IEnumerable<Mat> M(VideoCapture c, Mat f) { while (c.Read(f)) { yield return f; } } }", TestName = "{m}(an iterator that hands on)")]
    public Task Is_silent_on_code(string source) => Verify.ReportsAsync(Usings + source, With4);

    [TestCase("[|while|] (true) { using var f = c.QueryFrame(); CvInvoke.GaussianBlur(f, m, default, 1); }", TestName = "{m}(QueryFrame)")]
    [TestCase("[|while|] (c.Read(m)) { CvInvoke.Threshold(m, m, 1, 2); }", TestName = "{m}(Read)")]
    [TestCase("while (c.Grab()) { }", TestName = "{m}(nothing where there is no work)")]
    public Task Knows_Emgu(string body) => Verify.ReportsAsync($"using Emgu.CV;\nclass C {{ void M(VideoCapture c, Mat m) {{ {body} }} }}", WithEmgu);

    [TestCase("[|while|] (grabber.IsGrabbing) { using var r = grabber.RetrieveResult(1000, TimeoutHandling.Return); if (r.GrabSucceeded) Save(r.PixelData); }", TestName = "{m}(pylon)")]
    [TestCase("[|while|] (true) { using var image = camera.GetNextImage(1000); if (!image.IsIncomplete) Save(image); }", TestName = "{m}(Spinnaker)")]
    [TestCase("[|while|] (true) { var buffer = stream.PopBuffer(); Save(buffer.GetData()); stream.PushBuffer(buffer); }", TestName = "{m}(Aravis)")]
    [TestCase("while (true) { /* GrabStrategy.LatestImages */ using var r = grabber.RetrieveResult(1000, TimeoutHandling.Return); Save(r.PixelData); }", TestName = "{m}(nothing where the driver keeps the latest)")]
    public Task Knows_camera_makers(string body) => Verify.ReportsAsync(
        $"using Basler.Pylon; using SpinnakerNET; using Aravis;\nclass C {{ void Save(object o) => System.IO.File.WriteAllText(\"x\", o.ToString()); void M(IStreamGrabber grabber, IManagedCamera camera, Stream stream) {{ {body} }} }}", WithGrabbers);

    [TestCase("[|while|] (camera.Read(frame)) { Inspect(frame); }", "'M' grabs frames and works on them in one loop: during 'Inspect → Find → Cv2.Canny' it takes none, and the driver drops or ages the next ones uncounted")]
    public Task Message_says_who_and_what(string body, string message) => Verify.ReportsAsync(In(body), With4, message);

    [Test]
    public Task Fix_hands_the_latest_frame_to_a_task() => Verify.FixesAllAsync(
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
                using var frame = new Mat();
                using var edges = new Mat();
                // until it is told to stop
                [|while|] (!stop.IsCancellationRequested)
                {
                    if (!camera.Read(frame))
                    {
                        await Task.Delay(100, stop); // gone
                        continue;
                    }

                    // edges
                    Cv2.Canny(frame, edges, 1, 2);
                    await Save(edges); // for later
                } // end
            }

            async Task N(VideoCapture camera)
            {
                await Task.Yield();
                using Mat frame = new();
                [|while|] (camera.Read(frame))
                {
                    // a picture
                    Cv2.ImWrite("x.png", frame);
                    // was it
                } // end
            }

            static Task Save(Mat m) => Task.CompletedTask;
        }
        """,
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
                // until it is told to stop
                var frames = Channel.CreateBounded<Mat>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true }, static dropped => dropped.Dispose());
                var work = Task.Run(async () =>
                {
                    await foreach (var frame in frames.Reader.ReadAllAsync())
                    {
                        using (frame)
                        {
                            // edges
                            Cv2.Canny(frame, edges, 1, 2);
                            await Save(edges); // for later
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
                            await Task.Delay(100, stop); // gone
                            continue;
                        }

                        frames.Writer.TryWrite(grabbed);
                    }
                }
                finally
                {
                    frames.Writer.Complete();
                    await work;
                } // end
            }

            async Task N(VideoCapture camera)
            {
                await Task.Yield();
                var frames = Channel.CreateBounded<Mat>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true }, static dropped => dropped.Dispose());
                var work = Task.Run(async () =>
                {
                    await foreach (var frame in frames.Reader.ReadAllAsync())
                    {
                        using (frame)
                        {
                            // a picture
                            Cv2.ImWrite("x.png", frame);
                            // was it
                        }
                    }
                });
                try
                {
                    while (!work.IsCompleted)
                    {
                        var grabbed = new Mat();
                        if (!camera.Read(grabbed))
                        {
                            grabbed.Dispose();
                            break;
                        }

                        frames.Writer.TryWrite(grabbed);
                    }
                }
                finally
                {
                    frames.Writer.Complete();
                    await work;
                } // end
            }

            static Task Save(Mat m) => Task.CompletedTask;
        }
        """,
        setup: With4);

    [TestCase("void", "using var f = new Mat(); [|while|] (c.Read(f)) { Cv2.Canny(f, f, 1, 2); }", TestName = "{m}(the method is not async)")]
    [TestCase("async Task", "await Task.Yield(); [|while|] (c.Read(m)) { Cv2.Canny(m, m, 1, 2); }", TestName = "{m}(the image is the caller's)")]
    [TestCase("async Task", "await Task.Yield(); using var f = new Mat(); [|while|] (c.Read(f)) { if (Cv2.CountNonZero(f) > 9) break; }", TestName = "{m}(the work ends the loop)")]
    [TestCase("async Task", "await Task.Yield(); using var f = new Mat(); var n = 0; [|while|] (c.Read(f)) { n += Cv2.CountNonZero(f); } System.Console.WriteLine(n);", TestName = "{m}(the work writes a variable)")]
    [TestCase("async Task", "await Task.Yield(); using var f = new Mat(); var n = 0; [|while|] (n++ < 999) { if (!c.Read(f)) break; Cv2.Canny(f, f, n, 2); }", TestName = "{m}(the loop writes a variable)")]
    [TestCase("async Task", "await Task.Yield(); using var f = new Mat(); [|while|] (c.Read(f)) { Cv2.Canny(f, f, 1, 2); Cv2.ImShow(\"x\", f); }", TestName = "{m}(a window belongs to its thread)")]
    [TestCase("async Task", "await Task.Yield(); using var f = new Mat(); [|while|] (c.Read(f)) { Cv2.Canny(f, f, 1, 2); } Cv2.ImShow(\"x\", f);", TestName = "{m}(the last frame is used)")]
    [TestCase("async Task", "await Task.Yield(); using var f = new Mat(); [|for|] (;;) { if (!c.Read(f)) break; Cv2.Canny(f, f, 1, 2); }", TestName = "{m}(another kind of loop)")]
    public Task Fix_is_not_offered_where(string type, string body) => Verify.OffersNoFixAsync(
        $"using System.Threading.Tasks; using OpenCvSharp;\nclass C {{ {type} M(VideoCapture c, Mat m) {{ {body} }} }}", setup: With4);
}
