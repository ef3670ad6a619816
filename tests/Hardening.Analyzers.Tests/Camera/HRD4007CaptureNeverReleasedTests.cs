using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Camera.HRD4007CaptureNeverReleasedAnalyzer, Hardening.Analyzers.Camera.HRD4007CaptureNeverReleasedCodeFix>;

namespace Hardening.Analyzers.Tests.Camera;

public sealed class HRD4007CaptureNeverReleasedTests
{
    private const string Usings = "using System; using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using OpenCvSharp;\n";

    private static readonly Setup With4 = new() { Sources = [OpenCvDeclarations.OpenCvSharp4] };
    private static readonly Setup WithEmgu = new() { Sources = [OpenCvDeclarations.Emgu] };

    private static string In(string body) => Usings +
        $$"""
        class Settings { public string Url { get; set; } = ""; public string RtspAddress = ""; public string Name { get; set; } = ""; }
        class C
        {
            const string Front = "rtsp://10.0.0.5/main";
            static readonly string Back = "rtsp://10.0.0.6/main";
            void M(Mat frame, string url, string rtsp, string path, string text, string security, Uri address, Settings settings, Dictionary<string, string> config, List<VideoCapture> all)
            {
                {{body}}
            }
            void Read(VideoCapture camera, Mat frame) { if (camera.Read(frame)) { Cv2.ImShow("x", frame); } }
            void End(VideoCapture camera) { camera.Dispose(); }
            VideoCapture Open() => new(0);
        }
        """;

    [TestCase("var camera = [|new VideoCapture(0)|]; camera.Read(frame);", TestName = "{m}(a local)")]
    [TestCase("VideoCapture camera = [|new(0)|]; while (camera.Read(frame)) { }", TestName = "{m}(target-typed new)")]
    [TestCase("var camera = [|VideoCapture.FromCamera(0)|]; camera.Read(frame);", TestName = "{m}(FromCamera)")]
    [TestCase("[|new VideoCapture(0)|].Read(frame);", TestName = "{m}(a temporary)")]
    [TestCase("var camera = [|new VideoCapture()|]; camera.Open(0); Read(camera, frame);", TestName = "{m}(a method that only reads)")]
    [TestCase("var camera = [|Open()|]; camera.Read(frame);", TestName = "{m}(of a method that makes it)")]
    [TestCase("var camera = [|new VideoCapture(0)|]; new Thread(() => { while (camera.Read(frame)) { } }).Start();", TestName = "{m}(a thread that reads)")]
    [TestCase("var camera = [|new VideoCapture(\"movie.mp4\")|]; Console.WriteLine(camera?.IsOpened());", TestName = "{m}(a file)")]
    [TestCase("using var camera = [|new VideoCapture(\"rtsp://10.0.0.5/main\")|];", TestName = "{m}(a constant address)")]
    [TestCase("using var camera = [|new VideoCapture(Front)|];", TestName = "{m}(a constant)")]
    [TestCase("using var camera = [|new VideoCapture(Back, VideoCaptureAPIs.FFMPEG)|];", TestName = "{m}(a readonly field)")]
    [TestCase("using var camera = [|new VideoCapture($\"rtsp://{text}/main\")|];", TestName = "{m}(interpolated)")]
    [TestCase("using var camera = [|new VideoCapture(\"http://\" + text)|];", TestName = "{m}(concatenated)")]
    [TestCase("using var camera = [|new VideoCapture(url)|];", TestName = "{m}(a parameter named url)")]
    [TestCase("using var camera = [|new VideoCapture(rtsp, VideoCaptureAPIs.ANY)|];", TestName = "{m}(a parameter named rtsp)")]
    [TestCase("using var camera = [|new VideoCapture(settings.Url)|];", TestName = "{m}(a property)")]
    [TestCase("using var camera = [|new VideoCapture(settings.RtspAddress)|];", TestName = "{m}(a part of a name)")]
    [TestCase("using var camera = [|new VideoCapture(config[\"Cameras:Front:Url\"])|];", TestName = "{m}(a setting by key)")]
    [TestCase("using var camera = [|new VideoCapture(address.ToString())|];", TestName = "{m}(a Uri)")]
    [TestCase("using var camera = [|new VideoCapture(address.AbsoluteUri)|];", TestName = "{m}(a property of a Uri)")]
    [TestCase("var source = \"udp://239.0.0.1:5000\"; using var camera = [|new VideoCapture(source)|];", TestName = "{m}(a local address)")]
    [TestCase("using var camera = [|new VideoCapture(string.IsNullOrEmpty(text) ? Front : text)|];", TestName = "{m}(a choice)")]
    [TestCase("using var camera = [|new VideoCapture(url, VideoCaptureAPIs.FFMPEG, new[] { 3, 640 })|];", TestName = "{m}(other parameters)")]
    [TestCase("using var camera = new VideoCapture(); [|camera.Open(url)|];", TestName = "{m}(Open)")]
    [TestCase("using var camera = [|VideoCapture.FromFile(url)|];", TestName = "{m}(FromFile of an address)")]
    public Task Reports(string body) => Verify.ReportsAsync(In(body), With4);

    [TestCase("class C { readonly VideoCapture _camera = [|new(0)|]; void M(Mat m) { _camera.Read(m); } }", TestName = "{m}(a field)")]
    [TestCase("class C : IDisposable { VideoCapture? _camera; void Start() { _camera = [|new VideoCapture(0)|]; } bool Next(Mat m) => _camera?.Read(m) == true; public void Dispose() { } }", TestName = "{m}(a field that Dispose forgets)")]
    [TestCase("partial class C { VideoCapture _camera; C() { _camera = [|new VideoCapture(0)|]; } } partial class C { void M(Mat m) => _camera.Read(m); }", TestName = "{m}(a partial type)")]
    [TestCase("class C { private VideoCapture Camera { get; } = [|new VideoCapture(0)|]; void M(Mat m) => Camera.Read(m); }", TestName = "{m}(a property)")]
    [TestCase("class C<T> { async Task M(Mat m) { var c = [|new VideoCapture(0)|]; while (c.Read(m)) { await Task.Yield(); } } }", TestName = "{m}(async)")]
    [TestCase("class C { IEnumerable<Mat> M() { var c = [|new VideoCapture(0)|]; while (true) { yield return c.RetrieveMat(); } } }", TestName = "{m}(an iterator)")]
    [TestCase("class C { void M() { void Run() { var c = [|new VideoCapture(0)|]; c.Grab(); } Run(); } }", TestName = "{m}(a local function)")]
    [TestCase("class C { Action M(Mat m) => () => { var c = [|new VideoCapture(0)|]; c.Read(m); }; }", TestName = "{m}(a lambda)")]
    [TestCase("class C(string cameraUrl) { readonly VideoCapture _c = [|new(cameraUrl)|]; public VideoCapture Camera => _c; }", TestName = "{m}(a primary constructor)")]
    public Task Reports_code(string source) => Verify.ReportsAsync(Usings + source, With4);

    [Test]
    public Task Reports_in_top_level_statements() => Verify.ReportsAsync(
        Usings + "var camera = [|new VideoCapture(0)|];\nusing var frame = new Mat();\nwhile (camera.Read(frame)) Cv2.ImShow(\"x\", frame);", With4);

    [TestCase("using var camera = new VideoCapture(0); camera.Read(frame);", TestName = "{m}(a using declaration)")]
    [TestCase("using (var camera = new VideoCapture(0)) { camera.Read(frame); }", TestName = "{m}(a using statement)")]
    [TestCase("var camera = new VideoCapture(0); try { camera.Read(frame); } finally { camera.Dispose(); }", TestName = "{m}(a finally)")]
    [TestCase("var camera = new VideoCapture(0); camera.Read(frame); camera.Release();", TestName = "{m}(Release)")]
    [TestCase("var camera = new VideoCapture(0); End(camera);", TestName = "{m}(a method that ends it)")]
    [TestCase("all.Add(new VideoCapture(0));", TestName = "{m}(a collection of the caller's)")]
    [TestCase("using var camera = new VideoCapture(\"movie.mp4\");", TestName = "{m}(a file)")]
    [TestCase("using var camera = new VideoCapture(path);", TestName = "{m}(a path)")]
    [TestCase("using var camera = new VideoCapture(text);", TestName = "{m}(a text that can be anything)")]
    [TestCase("using var camera = new VideoCapture(security);", TestName = "{m}(a word that contains another)")]
    [TestCase("using var camera = new VideoCapture(url, VideoCaptureAPIs.FFMPEG, new[] { 53, 5000, 54, 5000 });", TestName = "{m}(limits)")]
    [TestCase("var limits = new int[] { 53, 5000, 54, 5000 }; using var camera = new VideoCapture(url, VideoCaptureAPIs.FFMPEG, limits);", TestName = "{m}(limits in a local)")]
    [TestCase("using var camera = new VideoCapture(url, VideoCaptureAPIs.FFMPEG, [53, 5000, 54, 5000]);", TestName = "{m}(a collection expression)")]
    [TestCase("using var camera = new VideoCapture($\"rtspsrc location={url} ! decodebin ! appsink\", VideoCaptureAPIs.GSTREAMER);", TestName = "{m}(GStreamer)")]
    [TestCase("Environment.SetEnvironmentVariable(\"OPENCV_FFMPEG_CAPTURE_OPTIONS\", \"stimeout;5000000\"); using var camera = new VideoCapture(url);", TestName = "{m}(limits for the process)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In(body), With4);

    [TestCase("class C : IDisposable { readonly VideoCapture _c = new(0); void M(Mat m) => _c.Read(m); public void Dispose() => _c.Dispose(); }", TestName = "{m}(a field that Dispose ends)")]
    [TestCase("class C { VideoCapture? _c; void M() { _c = new VideoCapture(0); } void Stop() { _c?.Release(); _c = null; } }", TestName = "{m}(a field that Stop ends)")]
    [TestCase("class C { VideoCapture? _c; void M() { _c = new VideoCapture(0); } void Stop() { var old = Interlocked.Exchange(ref _c, null); old?.Dispose(); } }", TestName = "{m}(a field that is exchanged)")]
    [TestCase("class C { public VideoCapture Camera { get; } = new(0); }", TestName = "{m}(a field that others see)")]
    [TestCase("class C { static readonly VideoCapture s_camera = new(0); static void M(Mat m) => s_camera.Read(m); }", TestName = "{m}(a static field)")]
    [TestCase("class C { VideoCapture M() => new(0); }", TestName = "{m}(returned)")]
    [TestCase("class C { async Task M(Mat m) { using var c = new VideoCapture(0); await Task.Run(() => c.Read(m)); } }", TestName = "{m}(async)")]
    [TestCase("class Camera(VideoCapture c) : IDisposable { public void Dispose() => c.Dispose(); } class C { Camera M() => new(new VideoCapture(0)); }", TestName = "{m}(an owner)")]
    public Task Is_silent_on_code(string source) => Verify.ReportsAsync(Usings + source, With4);

    [TestCase("var c = [|new VideoCapture(0)|]; c.Grab();", TestName = "{m}(never released)")]
    [TestCase("var c = [|new VideoCapture(0)|]; c.ImageGrabbed += (_, _) => c.Retrieve(m); c.Start();", TestName = "{m}(with an event)")]
    [TestCase("using var c = [|new VideoCapture(url)|];", TestName = "{m}(no limits)")]
    [TestCase("using var c = new VideoCapture(url, VideoCapture.API.Ffmpeg, new Tuple<CapProp, int>(CapProp.OpenTimeoutMsec, 5000), new Tuple<CapProp, int>(CapProp.ReadTimeoutMsec, 5000));", TestName = "{m}(nothing with limits)")]
    [TestCase("using var c = new VideoCapture(url, VideoCapture.API.Ffmpeg, Tuple.Create(CapProp.OpenTimeoutMsec, 5000));", TestName = "{m}(nothing with one limit)")]
    public Task Knows_Emgu(string body) => Verify.ReportsAsync($"using System; using Emgu.CV; using Emgu.CV.CvEnum;\nclass C {{ void M(string url, Mat m) {{ {body} }} }}", WithEmgu);

    [TestCase("var camera = [|new VideoCapture(0)|]; camera.Read(frame);", "'M' never releases 'camera': the camera stays taken, with its threads and buffers")]
    [TestCase("} readonly VideoCapture _camera = [|new(0)|]; bool Next(Mat m) { return _camera.Read(m);", "'C' never releases '_camera': the camera stays taken, with its threads and buffers")]
    [TestCase("using var camera = [|new VideoCapture(url)|];", "'M' opens 'url' without time limits: a silent source holds Open and each Read for half a minute, and every other Open of the process waits behind it")]
    public Task Message_says_who_and_what(string body, string message) => Verify.ReportsAsync(In(body), With4, message);

    [Test]
    public Task Fix_declares_the_local_with_using() => Verify.FixesAllAsync(
        """
        using OpenCvSharp;
        class C
        {
            void M(Mat frame, string url)
            {
                // front
                var camera = [|new VideoCapture(0)|]; // by USB
                while (camera.Read(frame))
                {
                    Cv2.ImShow("x", frame);
                }

                // one
                [|new VideoCapture(1)|].Read(frame); // frame
            }
        }
        """,
        """
        using OpenCvSharp;
        class C
        {
            void M(Mat frame, string url)
            {
                // front
                using var camera = new VideoCapture(0); // by USB
                while (camera.Read(frame))
                {
                    Cv2.ImShow("x", frame);
                }

                // one
                using var capture = new VideoCapture(1);
                capture.Read(frame); // frame
            }
        }
        """,
        setup: With4);

    [Test]
    public Task Fix_opens_with_limits() => Verify.FixesAsync(
        """
        using OpenCvSharp;
        class C
        {
            void M(string url)
            {
                // front
                using var camera = [|new VideoCapture(url)|]; // by network
                using VideoCapture back = [|new(url + "/2", VideoCaptureAPIs.ANY)|]; // too
                using var side = [|VideoCapture.FromFile(url)|];
            }
        }
        """,
        """
        using OpenCvSharp;
        class C
        {
            void M(string url)
            {
                // front
                using var camera = new VideoCapture(url, VideoCaptureAPIs.FFMPEG, new[] { 53 /* open timeout, ms */, 5000, 54 /* read timeout, ms */, 5000 }); // by network
                using VideoCapture back = [|new(url + "/2", VideoCaptureAPIs.ANY)|]; // too
                using var side = [|VideoCapture.FromFile(url)|];
            }
        }
        """,
        setup: With4);

    [Test]
    public Task Fix_opens_all_with_limits_where_the_library_takes_any() => Verify.FixesAllAsync(
        """
        using OpenCvSharp;
        class C
        {
            void M(string url)
            {
                using var camera = [|new VideoCapture(url)|]; // by network
                using VideoCapture back = [|new(url + "/2", VideoCaptureAPIs.ANY)|]; // too
                using var side = [|VideoCapture.FromFile(url)|]; // three
                [|camera.Open(url)|]; // again
            }
        }
        """,
        """
        using OpenCvSharp;
        class C
        {
            void M(string url)
            {
                using var camera = new VideoCapture(url, VideoCaptureAPIs.FFMPEG, new[] { 53 /* open timeout, ms */, 5000, 54 /* read timeout, ms */, 5000 }); // by network
                using VideoCapture back = new(url + "/2", VideoCaptureAPIs.FFMPEG, new[] { 53 /* open timeout, ms */, 5000, 54 /* read timeout, ms */, 5000 }); // too
                using var side = new VideoCapture(url, VideoCaptureAPIs.FFMPEG, new[] { 53 /* open timeout, ms */, 5000, 54 /* read timeout, ms */, 5000 }); // three
                [|camera.Open(url)|]; // again
            }
        }
        """,
        setup: With4);

    [Test]
    public Task Fix_names_the_limits_of_OpenCvSharp_5() => Verify.FixesAsync(
        "using OpenCvSharp; class C { void M(string url) { using var camera = new VideoCapture(); [|camera.Open(url)|]; } }",
        "using OpenCvSharp; class C { void M(string url) { using var camera = new VideoCapture(); camera.Open(url, VideoCaptureAPIs.FFMPEG, new[] { (int)VideoCaptureProperties.OpenTimeoutMsec, 5000, (int)VideoCaptureProperties.ReadTimeoutMsec, 5000 }); } }",
        setup: new() { Sources = [OpenCvDeclarations.OpenCvSharp5] });

    [Test]
    public Task Fix_gives_Emgu_its_limits() => Verify.FixesAsync(
        """
        using System;
        using Emgu.CV;
        using Emgu.CV.CvEnum;
        class C
        {
            void M(string url)
            {
                // one
                using var camera = [|new VideoCapture(url)|]; // source
            }
        }
        """,
        """
        using System;
        using Emgu.CV;
        using Emgu.CV.CvEnum;
        class C
        {
            void M(string url)
            {
                // one
                using var camera = new VideoCapture(url, VideoCapture.API.Ffmpeg, Tuple.Create(CapProp.OpenTimeoutMsec, 5000), Tuple.Create(CapProp.ReadTimeoutMsec, 5000)); // source
            }
        }
        """,
        setup: WithEmgu);

    [TestCase("var camera = [|new VideoCapture(0)|]; new Thread(() => { while (camera.Read(frame)) { } }).Start();", TestName = "{m}(another thread may be reading)")]
    [TestCase("var camera = [|new VideoCapture(0)|]; Task.Run(() => camera.Read(frame));", TestName = "{m}(a task may be reading)")]
    [TestCase("var camera = [|new VideoCapture(0)|]; camera.Read(frame); camera = [|new VideoCapture(1)|]; camera.Read(frame);", TestName = "{m}(the local is assigned again)")]
    public Task Fix_is_not_offered_where(string body) => Verify.OffersNoFixAsync(In(body), setup: With4);

    [Test]
    public Task Fix_is_not_offered_for_a_field() => Verify.OffersNoFixAsync(
        Usings + "class C : IDisposable { readonly VideoCapture _camera = [|new(0)|]; void M(Mat m) { _camera.Read(m); } public void Dispose() { } }", setup: With4);
}
