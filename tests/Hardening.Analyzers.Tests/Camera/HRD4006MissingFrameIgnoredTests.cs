using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Camera.HRD4006MissingFrameIgnoredAnalyzer, Hardening.Analyzers.Camera.HRD4006MissingFrameIgnoredCodeFix>;

namespace Hardening.Analyzers.Tests.Camera;

public sealed class HRD4006MissingFrameIgnoredTests
{
    private const string Usings = "using System; using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using OpenCvSharp;\n";

    private static readonly Setup With4 = new() { Sources = [OpenCvDeclarations.OpenCvSharp4] };
    private static readonly Setup WithEmgu = new() { Sources = [OpenCvDeclarations.Emgu] };
    private static readonly Setup WithGrabbers = new() { Sources = [GrabberDeclarations.All] };

    private static string In(string body) => Usings +
        $$"""
        class C
        {
            volatile bool _run;
            int _misses;
            Action? _lost;
            void M(VideoCapture camera, Mat frame, Mat edges, Action<Mat> use, Queue<Mat> queue, CancellationToken token)
            {
                {{body}}
            }
            void Inspect(Mat image) => Cv2.Canny(image, image, 1, 2);
            void InspectIfAny(Mat image) { if (!image.Empty()) Inspect(image); }
            void Reopen(VideoCapture c) => c.Open(0);
            void Log(string text) => Console.WriteLine(text);
        }
        """;

    [TestCase("while (_run) { [|camera.Read(frame)|]; Cv2.Canny(frame, edges, 1, 2); }", TestName = "{m}(a loop)")]
    [TestCase("while (camera.IsOpened()) { [|camera.Read(frame)|]; Cv2.ImShow(\"x\", frame); if (Cv2.WaitKey(1) == 27) break; }", TestName = "{m}(IsOpened stays true)")]
    [TestCase("for (;;) { _ = [|camera.Read(frame)|]; use(frame); }", TestName = "{m}(a discard)")]
    [TestCase("while (_run) { var ok = [|camera.Read(frame)|]; use(frame); }", TestName = "{m}(a local that nobody reads)")]
    [TestCase("do { [|camera.Read(frame)|]; queue.Enqueue(frame.Clone()); } while (_run);", TestName = "{m}(a queue)")]
    [TestCase("[|camera.Read(frame)|]; Cv2.ImWrite(\"x.png\", frame);", TestName = "{m}(once)")]
    [TestCase("while (_run) { [|camera.Read(frame)|]; Inspect(frame); }", TestName = "{m}(a method that does not ask)")]
    [TestCase("while (_run) { [|camera.Grab()|]; camera.Retrieve(frame); use(frame); }", TestName = "{m}(grab and retrieve)")]
    [TestCase("while (_run) { [|camera.Grab()|]; if (camera.Retrieve(frame)) { use(frame); } }", TestName = "{m}(retrieve is asked, and round at once)")]
    [TestCase("new Thread(() => { while (_run) { [|camera.Grab()|]; } }).Start();", TestName = "{m}(a thread that empties the driver)")]
    [TestCase("while (_run) { camera?[|.Read(frame)|]; use(frame); }", TestName = "{m}(conditional access)")]
    [TestCase("while (_run) { using var next = [|camera.RetrieveMat()|]; Cv2.Canny(next, edges, 1, 2); }", TestName = "{m}(a frame that nobody looks at)")]
    [TestCase("while (_run) { Cv2.Canny([|camera.RetrieveMat()|], edges, 1, 2); }", TestName = "{m}(a frame as argument)")]
    [TestCase("if (!camera.Read(frame)) return; while (_run) { [|camera.Read(frame)|]; use(frame); }", TestName = "{m}(only the first is asked)")]
    [TestCase("while (_run) { if (![|camera.Read(frame)|]) continue; use(frame); }", TestName = "{m}(goes round at once)")]
    [TestCase("while (!token.IsCancellationRequested) { if (![|camera.Read(frame)|]) { Console.WriteLine(\"no frame\"); continue; } use(frame); }", TestName = "{m}(writes a line and goes round)")]
    [TestCase("while (_run) { if ([|camera.Read(frame)|]) { Cv2.Canny(frame, edges, 1, 2); Cv2.WaitKey(1); } }", TestName = "{m}(waits only with a frame)")]
    [TestCase("while (_run) { var ok = [|camera.Read(frame)|]; if (ok == false) { Log(\"gone\"); continue; } use(frame); }", TestName = "{m}(the result in a local)")]
    [TestCase("while (_run) { [|camera.Read(frame)|]; if (frame.Empty()) continue; Inspect(frame); }", TestName = "{m}(an empty frame, and round at once)")]
    [TestCase("while (_run) { if (![|camera.Read(frame)|] || frame.Empty()) { continue; } Inspect(frame); }", TestName = "{m}(both, and round at once)")]
    [TestCase("while (![|camera.Read(frame)|]) { }", TestName = "{m}(waits for a frame with a core)")]
    [TestCase("while (_run) { if (![|camera.Read(frame)|]) { _misses++; continue; } Inspect(frame); }", TestName = "{m}(counts and goes round)")]
    public Task Reports(string body) => Verify.ReportsAsync(In(body), With4);

    [TestCase("class C { async Task M(VideoCapture c, Mat f) { while (true) { [|c.Read(f)|]; await Task.Run(() => Console.WriteLine(f.Rows)); } } }", TestName = "{m}(async)")]
    [TestCase("class C { IEnumerable<byte[]> M(VideoCapture c) { using var f = new Mat(); while (true) { [|c.Read(f)|]; yield return f.ToBytes(); } } }", TestName = "{m}(an iterator)")]
    [TestCase("class C { void M(VideoCapture c) { void Loop() { using Mat f = new(); for (;;) { [|c.Read(f)|]; Console.WriteLine(f.Rows); } } new Thread(Loop).Start(); } }", TestName = "{m}(a local function)")]
    [TestCase("partial class C<T>(VideoCapture camera) { readonly Mat _frame = new(); partial void Step(); } partial class C<T> { partial void Step() { [|camera.Read(_frame)|]; Cv2.ImShow(\"x\", _frame); } }", TestName = "{m}(a field of a partial type)")]
    [TestCase("class C { readonly VideoCapture _c = new(0); Mat Frame { get; } = new(); void M() { while (true) { [|_c.Read(Frame)|]; Cv2.ImShow(\"x\", Frame); } } }", TestName = "{m}(a property)")]
    [TestCase("class C { void M(VideoCapture[] cameras, Mat[] frames) { while (true) for (var i = 0; ; i++) { [|cameras[i].Read(frames[i])|]; Cv2.ImShow(\"x\", frames[i]); } } }", TestName = "{m}(arrays)")]
    public Task Reports_code(string source) => Verify.ReportsAsync(Usings + source, With4);

    [Test]
    public Task Reports_in_top_level_statements() => Verify.ReportsAsync(
        Usings + "using var camera = new VideoCapture(0);\nusing var frame = new Mat();\nwhile (true)\n{\n    [|camera.Read(frame)|];\n    Cv2.ImShow(\"x\", frame);\n}", With4);

    [TestCase("while (camera.Read(frame)) { Inspect(frame); }", TestName = "{m}(a loop that ends)")]
    [TestCase("while (_run) { if (!camera.Read(frame)) break; Inspect(frame); }", TestName = "{m}(break)")]
    [TestCase("while (_run) { if (!camera.Read(frame)) { throw new InvalidOperationException(); } Inspect(frame); }", TestName = "{m}(throw)")]
    [TestCase("while (_run) { camera.Read(frame); if (frame.Empty()) break; Inspect(frame); }", TestName = "{m}(an empty frame)")]
    [TestCase("while (_run) { camera.Read(frame); if (frame.Rows == 0) return; Inspect(frame); }", TestName = "{m}(a frame without rows)")]
    [TestCase("while (_run) { camera.Read(frame); InspectIfAny(frame); Thread.Sleep(5); }", TestName = "{m}(a method that asks)")]
    [TestCase("while (_run) { if (!camera.Read(frame)) { Thread.Sleep(100); continue; } Inspect(frame); }", TestName = "{m}(a pause)")]
    [TestCase("while (_run) { if (!camera.Read(frame)) { Reopen(camera); continue; } Inspect(frame); }", TestName = "{m}(opens again)")]
    [TestCase("while (_run) { if (!camera.Read(frame)) { camera = new VideoCapture(0); continue; } Inspect(frame); }", TestName = "{m}(a new capture)")]
    [TestCase("while (_run) { if (!camera.Read(frame)) { _lost?.Invoke(); continue; } Inspect(frame); }", TestName = "{m}(tells somebody)")]
    [TestCase("while (_misses < 9) { if (!camera.Read(frame)) { _misses++; continue; } Inspect(frame); }", TestName = "{m}(counts to an end)")]
    [TestCase("while (_run) { if (!camera.Read(frame)) { if (++_misses > 9) break; continue; } Inspect(frame); }", TestName = "{m}(gives up in the end)")]
    [TestCase("while (_run) { if (camera.Read(frame)) { Inspect(frame); } Cv2.WaitKey(1); }", TestName = "{m}(waits after each round)")]
    [TestCase("while (_run) { Thread.Sleep(30); if (!camera.Read(frame)) continue; Inspect(frame); }", TestName = "{m}(waits before each round)")]
    [TestCase("while (!token.WaitHandle.WaitOne(30)) { if (!camera.Read(frame)) continue; Inspect(frame); }", TestName = "{m}(a condition that waits)")]
    [TestCase("while (!camera.Read(frame)) { Thread.Sleep(10); }", TestName = "{m}(waits for a frame)")]
    [TestCase("for (var i = 0; i < 10; i++) { camera.Read(frame); } if (!camera.Read(frame)) return; Inspect(frame);", TestName = "{m}(frames thrown away first)")]
    [TestCase("while (_run) { camera.Grab(); camera.Grab(); if (!camera.Read(frame)) break; Inspect(frame); }", TestName = "{m}(frames skipped)")]
    [TestCase("if (camera.Grab()) { camera.Retrieve(frame); Inspect(frame); }", TestName = "{m}(grab and retrieve)")]
    [TestCase("camera.Grab(); if (camera.Retrieve(frame)) Inspect(frame);", TestName = "{m}(retrieve is asked)")]
    [TestCase("while (_run) { using var next = camera.RetrieveMat(); if (next.Empty()) break; Inspect(next); }", TestName = "{m}(a frame that is looked at)")]
    [TestCase("while (camera.RetrieveMat() is { } next && !next.Empty()) { Inspect(next); next.Dispose(); }", TestName = "{m}(a pattern)")]
    [TestCase("var ok = true; while (ok) { ok &= camera.Read(frame); if (ok) Inspect(frame); }", TestName = "{m}(a flag that ends the loop)")]
    [TestCase("camera.Read(frame);", TestName = "{m}(a frame of the caller's)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In(body), With4);

    [TestCase("class C { Mat M(VideoCapture c) { var m = new Mat(); c.Read(m); return m; } }", TestName = "{m}(returned)")]
    [TestCase("class C { bool M(VideoCapture c, Mat m) => c.Read(m); }", TestName = "{m}(the result is returned)")]
    [TestCase("class C(VideoCapture c) { Mat _m = new(); void M() { while (true) { c.Read(_m); Use(); Thread.Sleep(9); } } void Use() { if (_m.Empty()) return; Cv2.ImShow(\"x\", _m); } }", TestName = "{m}(a field that is asked elsewhere)")]
    [TestCase("class C { async Task M(VideoCapture c, Mat m) { while (true) { if (!c.Read(m)) { await Task.Delay(100); continue; } Cv2.ImShow(\"x\", m); } } }", TestName = "{m}(a pause that is awaited)")]
    [TestCase("class C { void M(VideoCapture[] all, Mat m) { while (true) { foreach (var c in all) { if (!c.Read(m)) continue; Cv2.ImShow(\"x\", m); } Cv2.WaitKey(1); } } }", TestName = "{m}(the next camera)")]
    [TestCase("class VideoCapture2 { public bool Read(Mat m) => true; } class C { void M(VideoCapture2 c, Mat m) { while (true) { c.Read(m); Cv2.ImShow(\"x\", m); } } }", TestName = "{m}(another type)")]
    public Task Is_silent_on_code(string source) => Verify.ReportsAsync(Usings + source, With4);

    [TestCase("while (true) { using var frame = [|capture.QueryFrame()|]; CvInvoke.CvtColor(frame, gray); }", TestName = "{m}(a frame that may be null)")]
    [TestCase("while (true) { var frame = [|capture.QueryFrame()|]; using var copy = frame.Clone(); }", TestName = "{m}(a member of null)")]
    [TestCase("while (true) { using var copy = [|capture.QueryFrame()|].Clone(); }", TestName = "{m}(a member at once)")]
    [TestCase("while (true) { [|capture.Read(gray)|]; CvInvoke.CvtColor(gray, gray); }", TestName = "{m}(Read)")]
    [TestCase("while (true) { var frame = [|capture.QueryFrame()|]; if (frame == null) continue; CvInvoke.CvtColor(frame, gray); }", TestName = "{m}(round at once)")]
    [TestCase("Mat? frame; while ((frame = capture.QueryFrame()) != null) { CvInvoke.CvtColor(frame, gray); }", TestName = "{m}(nothing where the loop asks)")]
    [TestCase("while (true) { using var frame = capture.QueryFrame(); if (frame is null || frame.IsEmpty) break; CvInvoke.CvtColor(frame, gray); }", TestName = "{m}(nothing where null is asked for)")]
    [TestCase("while (true) { if (capture.QueryFrame() is { } frame) { CvInvoke.CvtColor(frame, gray); } else { Thread.Sleep(50); } }", TestName = "{m}(nothing where it waits)")]
    [TestCase("while (true) { Last = [|capture.QueryFrame()|]; CvInvoke.CvtColor(Last, gray); }", TestName = "{m}(a member that takes the frame)")]
    [TestCase("while (true) { Last = [|capture.QueryFrame()|]; if (Last == null) continue; CvInvoke.CvtColor(Last, gray); }", TestName = "{m}(a member, and round at once)")]
    [TestCase("while (true) { Last = capture.QueryFrame(); if (Last != null) CvInvoke.CvtColor(Last, gray); Thread.Sleep(9); }", TestName = "{m}(nothing where the member is asked)")]
    [TestCase("Last = capture.QueryFrame();", TestName = "{m}(nothing where it is stored)")]
    public Task Knows_Emgu(string body) => Verify.ReportsAsync(
        $"using System; using System.Threading; using Emgu.CV;\nclass C {{ Mat? Last {{ get; set; }} void M(VideoCapture capture, Mat gray) {{ {body} }} }}", WithEmgu);

    [TestCase("while (true) { using var r = [|grabber.RetrieveResult(1000, TimeoutHandling.Return)|]; Use(r.PixelData); }", TestName = "{m}(pylon)")]
    [TestCase("Use([|grabber.GrabOne(1000)|].PixelData);", TestName = "{m}(one)")]
    [TestCase("while (true) { using var image = [|camera.GetNextImage(1000)|]; Use(image.DataPtr); }", TestName = "{m}(Spinnaker)")]
    [TestCase("while (true) { var buffer = [|stream.PopBuffer()|]; Use(buffer.GetData()); stream.PushBuffer(buffer); }", TestName = "{m}(Aravis)")]
    [TestCase("while (true) { using var r = grabber.RetrieveResult(1000, TimeoutHandling.Return); if (!r.GrabSucceeded) continue; Use(r.PixelData); }", TestName = "{m}(nothing where pylon is asked)")]
    [TestCase("while (true) { using (var image = camera.GetNextImage()) { if (image.IsIncomplete) { continue; } Use(image.DataPtr); } }", TestName = "{m}(nothing where Spinnaker is asked)")]
    [TestCase("while (true) { var buffer = stream.TimeoutPopBuffer(1); if (buffer is null || buffer.Status != BufferStatus.Success) continue; Use(buffer.GetData()); }", TestName = "{m}(nothing where Aravis is asked)")]
    public Task Knows_camera_makers(string body) => Verify.ReportsAsync(
        $"using Basler.Pylon; using SpinnakerNET; using Aravis;\nclass C {{ void Use(object o) {{ }} void M(IStreamGrabber grabber, IManagedCamera camera, Stream stream) {{ {body} }} }}", WithGrabbers);

    [TestCase("while (_run) { [|camera.Read(frame)|]; use(frame); }", "'M' does not ask whether 'camera.Read(frame)' gave a frame: once the camera is gone, the loop goes on with an empty or old image")]
    [TestCase("while (_run) { if (![|camera.Read(frame)|]) continue; use(frame); }", "'M' grabs again at once when 'camera.Read(frame)' gave no frame: once the camera is gone, the loop takes a core and nobody reconnects")]
    [TestCase("[|camera.Read(frame)|]; use(frame);", "'M' does not ask whether 'camera.Read(frame)' gave a frame: without one, it works on an empty or old image")]
    public Task Message_says_who_and_what(string body, string message) => Verify.ReportsAsync(In(body), With4, message);

    [Test]
    public Task Fix_asks_and_pauses() => Verify.FixesAllAsync(
        """
        using System.Threading;
        using OpenCvSharp;
        class C
        {
            void M(VideoCapture camera, Mat frame)
            {
                while (true)
                {
                    // the next one
                    [|camera.Read(frame)|]; // or not
                    Cv2.Canny(frame, frame, 1, 2);
                }
            }

            void N(VideoCapture camera, Mat frame)
            {
                while (true)
                {
                    if (![|camera.Read(frame)|]) continue; // none

                    // a frame
                    Cv2.Canny(frame, frame, 1, 2);
                }
            }

            void O(VideoCapture camera, Mat frame)
            {
                while (true)
                {
                    // perhaps
                    if ([|camera.Read(frame)|])
                    {
                        Cv2.Canny(frame, frame, 1, 2);
                    } // that was it
                }
            }

            void P(VideoCapture camera, Mat frame)
            {
                while (![|camera.Read(frame)|]) ; // the first
                while (![|camera.Read(frame)|])
                {
                    // the second
                }
            }

            void Q(VideoCapture camera, Mat edges)
            {
                while (true)
                {
                    // mine
                    using var frame = [|camera.RetrieveMat()|]; // to the end
                    Cv2.Canny(frame, edges, 1, 2);
                }
            }
        }
        """,
        """
        using System.Threading;
        using OpenCvSharp;
        class C
        {
            void M(VideoCapture camera, Mat frame)
            {
                while (true)
                {
                    // the next one
                    if (!camera.Read(frame))
                    {
                        Thread.Sleep(100);
                        continue;
                    } // or not
                    Cv2.Canny(frame, frame, 1, 2);
                }
            }

            void N(VideoCapture camera, Mat frame)
            {
                while (true)
                {
                    if (!camera.Read(frame))
                    {
                        Thread.Sleep(100);
                        continue; // none
                    }

                    // a frame
                    Cv2.Canny(frame, frame, 1, 2);
                }
            }

            void O(VideoCapture camera, Mat frame)
            {
                while (true)
                {
                    // perhaps
                    if (camera.Read(frame))
                    {
                        Cv2.Canny(frame, frame, 1, 2);
                    } // that was it
                    else
                    {
                        Thread.Sleep(100);
                    }
                }
            }

            void P(VideoCapture camera, Mat frame)
            {
                while (!camera.Read(frame))
                {
                    Thread.Sleep(100);
                } // the first
                while (!camera.Read(frame))
                {
                    // the second
                    Thread.Sleep(100);
                }
            }

            void Q(VideoCapture camera, Mat edges)
            {
                while (true)
                {
                    // mine
                    using var frame = camera.RetrieveMat(); // to the end
                    if (frame.Empty())
                    {
                        Thread.Sleep(100);
                        continue;
                    }
                    Cv2.Canny(frame, edges, 1, 2);
                }
            }
        }
        """,
        setup: With4);

    [Test]
    public Task Fix_awaits_the_pause_with_the_token() => Verify.FixesAsync(
        """
        using System.Threading;
        using System.Threading.Tasks;
        using OpenCvSharp;
        class C
        {
            async Task M(VideoCapture camera, Mat frame, CancellationToken stop)
            {
                while (true)
                {
                    if (![|camera.Read(frame)|])
                    {
                        // gone
                        System.Console.WriteLine("gone"); // said
                        continue; // again
                    }

                    Cv2.Canny(frame, frame, 1, 2);
                }
            }
        }
        """,
        """
        using System.Threading;
        using System.Threading.Tasks;
        using OpenCvSharp;
        class C
        {
            async Task M(VideoCapture camera, Mat frame, CancellationToken stop)
            {
                while (true)
                {
                    if (!camera.Read(frame))
                    {
                        // gone
                        System.Console.WriteLine("gone"); // said
                        await Task.Delay(100, stop);
                        continue; // again
                    }

                    Cv2.Canny(frame, frame, 1, 2);
                }
            }
        }
        """,
        setup: With4);

    [Test]
    public Task Fix_asks_Emgu_for_null() => Verify.FixesAsync(
        """
        using Emgu.CV;
        class C
        {
            void M(VideoCapture camera, Mat gray)
            {
                while (true)
                {
                    // one
                    using var frame = [|camera.QueryFrame()|]; // frame
                    CvInvoke.CvtColor(frame, gray);
                }
            }
        }
        """,
        """
        using Emgu.CV;
        class C
        {
            void M(VideoCapture camera, Mat gray)
            {
                while (true)
                {
                    // one
                    using var frame = camera.QueryFrame(); // frame
                    if (frame is null || frame.IsEmpty)
                    {
                        System.Threading.Thread.Sleep(100);
                        continue;
                    }
                    CvInvoke.CvtColor(frame, gray);
                }
            }
        }
        """,
        setup: WithEmgu);

    [TestCase("[|camera.Read(frame)|]; use(frame);", TestName = "{m}(what to do without is not in the code)")]
    [TestCase("lock (queue) { while (_run) { [|camera.Read(frame)|]; use(frame); } }", TestName = "{m}(a lock is held)")]
    [TestCase("while (_run) { Mat next = new(); [|camera.Read(next)|]; Cv2.ImShow(\"x\", next); next.Dispose(); }", TestName = "{m}(the rest of the round disposes the frame)")]
    [TestCase("while (_run) { try { Inspect(frame); } finally { [|camera.Read(frame)|]; use(frame); } }", TestName = "{m}(a finally is not left)")]
    [TestCase("while (_run) { Cv2.Canny([|camera.RetrieveMat()|], edges, 1, 2); }", TestName = "{m}(a frame without a name)")]
    public Task Fix_is_not_offered_where(string body) => Verify.OffersNoFixAsync(In(body), setup: With4);
}
