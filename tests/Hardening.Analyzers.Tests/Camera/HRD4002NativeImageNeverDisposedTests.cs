using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Camera.HRD4002NativeImageNeverDisposedAnalyzer, Hardening.Analyzers.Camera.HRD4002NativeImageNeverDisposedCodeFix>;

namespace Hardening.Analyzers.Tests.Camera;

public sealed class HRD4002NativeImageNeverDisposedTests
{
    private const string Usings = "using System; using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using OpenCvSharp;\n";

    private static readonly Setup With4 = new() { Sources = [OpenCvDeclarations.OpenCvSharp4] };
    private static readonly Setup With5 = new() { Sources = [OpenCvDeclarations.OpenCvSharp5] };
    private static readonly Setup WithEmgu = new() { Sources = [OpenCvDeclarations.Emgu] };

    private static string InLoop(string body) => $"{Usings}class C {{ void M(VideoCapture camera, Mat frame, Mat other, List<Mat> list, Rect roi) {{ while (true) {{ {body} }} }} void Own(Mat m) => m.Dispose(); }}";

    [TestCase("var m = [|new Mat()|]; camera.Read(m);", TestName = "{m}(a local)")]
    [TestCase("Mat m = [|new()|]; camera.Read(m);", TestName = "{m}(target-typed new)")]
    [TestCase("Mat? m = [|camera.RetrieveMat()|]; Cv2.ImShow(\"x\", m);", TestName = "{m}(a frame that is only shown)")]
    [TestCase("var m = [|frame.Clone()|]; if (m.Rows == 0) { continue; }", TestName = "{m}(a clone)")]
    [TestCase("frame.CopyTo([|frame.Clone()|]);", TestName = "{m}(an argument)")]
    [TestCase("Cv2.Absdiff([|frame.Clone()|], other, frame);", TestName = "{m}(an argument that is converted)")]
    [TestCase("using var m = [|frame.Clone()|].Threshold(1, 2, ThresholdTypes.Binary);", TestName = "{m}(the middle of a chain)")]
    [TestCase("var n = [|frame[roi]|].Rows;", TestName = "{m}(a part by indexer)")]
    [TestCase("var n = [|new Mat(frame, roi)|].Rows;", TestName = "{m}(a part)")]
    [TestCase("using Mat m = [|frame * 0.8|];", TestName = "{m}(an expression that becomes a Mat)")]
    [TestCase("using Mat m = [|frame * 0.8|] + other;", TestName = "{m}(two expressions: one mistake)")]
    [TestCase("Cv2.Sum([|frame * 0.8|]);", TestName = "{m}(an expression as argument)")]
    [TestCase("using var e = frame * 0.8; Mat [|m|] = e;", TestName = "{m}(a converted local)")]
    [TestCase("var m = [|frame.Clone()|]; m.SetTo(new Scalar(0));", TestName = "{m}(a fluent call)")]
    [TestCase("var m = [|new Mat<byte>()|]; camera.Read(m);", TestName = "{m}(a generic image)")]
    [TestCase("var m = [|Cv2.ImRead(\"x\")|]; Task.Run(() => Console.WriteLine(m.Rows));", TestName = "{m}(a lambda that only reads)")]
    [TestCase("Mat? m = null; m ??= [|Cv2.ImRead(\"x\")|]; Cv2.ImShow(\"x\", m);", TestName = "{m}(a coalescing assignment)")]
    [TestCase("if ([|camera.RetrieveMat()|] is { Rows: > 0 } m) { Cv2.ImShow(\"x\", m); }", TestName = "{m}(a pattern)")]
    [TestCase("var n = frame?[|.Clone()|].Rows;", TestName = "{m}(conditional access)")]
    [TestCase("var m = frame?[|.Clone()|]; Cv2.ImShow(\"x\", m!);", TestName = "{m}(conditional access to a local)")]
    [TestCase("Mat sum = other; sum += [|frame.Clone()|];", TestName = "{m}(a compound assignment)")]
    [TestCase("var planes = [|Cv2.Split(frame)|]; Cv2.Merge(planes, other);", TestName = "{m}(an array of images)")]
    [TestCase("foreach (var plane in [|Cv2.Split(frame)|]) { Console.WriteLine(plane.Rows); }", TestName = "{m}(elements)")]
    [TestCase("Cv2.Merge(new[] { [|frame.Clone()|], other }, frame);", TestName = "{m}(an element of an argument)")]
    public Task Reports(string body) => Verify.ReportsAsync(InLoop(body), With4);

    [TestCase("class C { void M(VideoCapture c) { while (true) { if ([|TryGrab(c, out var m)|]) { Console.WriteLine(m.Rows); } } } static bool TryGrab(VideoCapture c, out Mat m) { m = new Mat(); return c.Read(m); } }", TestName = "{m}(an out parameter of a helper)")]
    [TestCase("class C { void M(Mat[] frames) => Parallel.ForEach(frames, f => { var m = [|f.Clone()|]; Console.WriteLine(m.Rows); }); }", TestName = "{m}(a parallel body)")]
    [TestCase("class C { void M(Camera c) { c.FrameReady += OnFrame; } void OnFrame(object? s, Mat f) { var m = [|f.Clone()|]; Console.WriteLine(m.Rows); } } class Camera { public event EventHandler<Mat>? FrameReady; protected void Raise(Mat m) => FrameReady?.Invoke(this, m); }", TestName = "{m}(a frame event)")]
    [TestCase("class C { void M(Camera c) { c.FrameReady += (_, f) => Console.WriteLine([|f.Clone()|].Rows); } } class Camera { public event EventHandler<Mat>? FrameReady; protected void Raise(Mat m) => FrameReady?.Invoke(this, m); }", TestName = "{m}(a lambda of a frame event)")]
    [TestCase("class C { Timer M(VideoCapture c) => new(_ => { var m = [|new Mat()|]; c.Read(m); }, null, 0, 33); }", TestName = "{m}(a timer)")]
    [TestCase("class C { async Task M(VideoCapture c) { for (var i = 0; i < 9; i++) { var m = [|c.RetrieveMat()|]; await Task.Yield(); Console.WriteLine(m.Rows); } } }", TestName = "{m}(an async method)")]
    [TestCase("class C { async IAsyncEnumerable<int> M(IAsyncEnumerable<Mat> frames) { await foreach (var f in frames) { var m = [|f.Clone()|]; yield return m.Rows; } } }", TestName = "{m}(an async iterator)")]
    [TestCase("class C { void M(VideoCapture c) { Mat? m = null; try { while (true) { m = [|c.RetrieveMat()|]; Cv2.ImShow(\"x\", m); } } finally { m?.Dispose(); } } }", TestName = "{m}(a local that each round replaces)")]
    [TestCase("partial class C<T>(VideoCapture c) { void M() { do { [|c.RetrieveMat()|].ToBytes(); } while (true); } }", TestName = "{m}(a primary constructor)")]
    public Task Reports_code(string source) => Verify.ReportsAsync(Usings + source, With4);

    [TestCase("void M(VideoCapture c) { while (true) { var m = [|c.RetrieveMat()|]; Look(m); } } static void Look(Mat m) => Console.WriteLine(m.Rows);", TestName = "{m}(only looks at it)")]
    [TestCase("void M(VideoCapture c) { while (true) { var m = [|Next(c)|]; Console.WriteLine(m.Rows); } } static Mat Next(VideoCapture c) { var m = new Mat(); c.Read(m); return m; }", TestName = "{m}(makes it)")]
    [TestCase("void M(VideoCapture c) { while (true) { Console.WriteLine([|Next(c)|].Rows); } } static Mat Next(VideoCapture c) => c.RetrieveMat();", TestName = "{m}(makes it, and nobody keeps it)")]
    [TestCase("async Task M(VideoCapture c) { while (true) { var m = c.RetrieveMat(); await UseAsync(m); } } static async Task UseAsync(Mat m) { await Task.Yield(); m.Dispose(); }", TestName = "{m}(disposes it later: nothing)")]
    [TestCase("void M(VideoCapture c) { while (true) { var m = [|c.RetrieveMat()|]; Outer(m); } } void Outer(Mat m) => Inner(m); void Inner(Mat m) => Cv2.ImShow(\"x\", m);", TestName = "{m}(passes it to one that only looks at it)")]
    [TestCase("void M(VideoCapture c) { while (true) { var m = [|c.RetrieveMat()|]; Local(m); } static void Local(Mat m) => Console.WriteLine(m.Rows); }", TestName = "{m}(is a local function)")]
    [TestCase("void M(VideoCapture c) { while (true) { var m = c.RetrieveMat(); Own(m); } } static void Own(Mat m) { try { Console.WriteLine(m.Rows); } finally { m.Dispose(); } }", TestName = "{m}(disposes it: nothing)")]
    [TestCase("void M(VideoCapture c) { while (true) { Keep(c.RetrieveMat()); } } readonly List<Mat> _all = []; void Keep(Mat m) => _all.Add(m);", TestName = "{m}(keeps it: nothing)")]
    [TestCase("void M(VideoCapture c) { while (true) { using var m = Next(c); Console.WriteLine(m.Rows); } } static Mat Next(VideoCapture c) => c.RetrieveMat();", TestName = "{m}(makes it, and it is used: nothing)")]
    [TestCase("Mat? _last; void M(VideoCapture c) { while (true) { var m = Last(); Console.WriteLine(m?.Rows); } } Mat? Last() => _last;", TestName = "{m}(gives what it has: nothing)")]
    public Task Sees_that_a_helper(string members) => Verify.ReportsAsync($"{Usings}class C {{ {members} }}", With4);

    [Test]
    public Task Reports_in_top_level_statements() => Verify.ReportsAsync(
        Usings + "var camera = new VideoCapture();\nfor (;;)\n{\n    var m = [|camera.RetrieveMat()|];\n    Cv2.ImShow(\"x\", m);\n}", With4);

    [TestCase("using var m = new Mat(); camera.Read(m);", TestName = "{m}(a using declaration)")]
    [TestCase("using (var m = new Mat()) { camera.Read(m); }", TestName = "{m}(a using statement)")]
    [TestCase("var m = new Mat(); try { camera.Read(m); } finally { m.Dispose(); }", TestName = "{m}(a finally)")]
    [TestCase("var m = camera.RetrieveMat(); m?.Dispose();", TestName = "{m}(a conditional dispose)")]
    [TestCase("var m = new Mat(); camera.Read(m); m.Release();", TestName = "{m}(a release)")]
    [TestCase("list.Add(frame.Clone());", TestName = "{m}(a collection)")]
    [TestCase("var m = frame.Clone(); list.Add(m);", TestName = "{m}(a collection, later)")]
    [TestCase("Own(frame.Clone());", TestName = "{m}(a method that takes it over)")]
    [TestCase("var m = frame.Clone(); Task.Run(() => m.Dispose());", TestName = "{m}(a lambda that disposes)")]
    [TestCase("frame.SetTo(new Scalar(0));", TestName = "{m}(an image that is given back)")]
    [TestCase("frame[roi] = other;", TestName = "{m}(an indexer that is written)")]
    [TestCase("using var e = frame * 0.8; using Mat m = e;", TestName = "{m}(each part used)")]
    [TestCase("using var e = frame * 0.8; using var f = e + other; using var m = f.ToMat();", TestName = "{m}(each part of a chain used)")]
    [TestCase("using var a = frame.Clone(); using var m = a.Threshold(1, 2, ThresholdTypes.Binary);", TestName = "{m}(each link used)")]
    [TestCase("foreach (var plane in Cv2.Split(frame)) { using (plane) { Console.WriteLine(plane.Rows); } }", TestName = "{m}(elements used)")]
    [TestCase("var old = frame; frame = camera.RetrieveMat(); old.Dispose();", TestName = "{m}(a parameter that is assigned)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(InLoop(body), With4);

    [TestCase("class C { void M(VideoCapture c) { var m = new Mat(); while (c.Read(m)) { Cv2.ImShow(\"x\", m); } } }", TestName = "{m}(one image for all frames)")]
    [TestCase("class C { int M(Mat f) => f.Clone().Rows; }", TestName = "{m}(a method that may run once)")]
    [TestCase("class C { void M(VideoCapture c) { Mat? m = null; try { while (true) { m?.Dispose(); m = c.RetrieveMat(); Cv2.ImShow(\"x\", m); } } finally { m?.Dispose(); } } }", TestName = "{m}(a local that each round disposes)")]
    [TestCase("class C { IEnumerable<Mat> M(VideoCapture c) { while (true) { yield return c.RetrieveMat(); } } }", TestName = "{m}(yielded)")]
    [TestCase("class C { Mat M(VideoCapture c) { while (true) { var m = c.RetrieveMat(); if (m.Rows > 0) { return m; } } } }", TestName = "{m}(returned)")]
    [TestCase("class C { Mat? _last; void M(VideoCapture c) { while (true) { _last?.Dispose(); _last = c.RetrieveMat(); } } }", TestName = "{m}(a field)")]
    [TestCase("class C { void M(VideoCapture c, ref Mat m) { while (true) { m = c.RetrieveMat(); } } }", TestName = "{m}(a ref parameter)")]
    [TestCase("class C { (Mat, int) M(VideoCapture c) { for (;;) { return (c.RetrieveMat(), 1); } } }", TestName = "{m}(a tuple)")]
    [TestCase("class C { void M(Func<Mat> next) { while (true) { var m = next(); Console.WriteLine(m.Rows); } } }", TestName = "{m}(an image of other code)")]
    [TestCase("class C { void M(VideoCapture c) { while (true) { Action<Mat> own = m => m.Dispose(); own(c.RetrieveMat()); } } }", TestName = "{m}(a delegate that takes it over)")]
    [TestCase("class C { void M(List<Mat> frames) { foreach (var frame in frames) { Blur(frame); } } private static void Blur(Mat frame) { using var m = new Mat(); Cv2.ImShow(\"x\", m); } }", TestName = "{m}(disposed by a method that only a loop calls)")]
    public Task Is_silent_on_code(string source) => Verify.ReportsAsync(Usings + source, With4);

    [Test]
    public Task Knows_the_expressions_of_OpenCvSharp_5() => Verify.ReportsAsync(
        InLoop("using Mat scaled = frame * 0.8 + other; Mat [|lost|] = frame * 0.8; Cv2.Sum(frame * 0.8); Cv2.Sum([|frame.Clone()|]);"), With5);

    [TestCase("var m = [|new Mat()|]; CvInvoke.CvtColor(image, m);", TestName = "{m}(a Mat)")]
    [TestCase("var m = [|image.SmoothGaussian(3)|]; Console.WriteLine(m.Width);", TestName = "{m}(an Image)")]
    [TestCase("using var m = [|image.Convert<Gray>()|].SmoothGaussian(3);", TestName = "{m}(the middle of a chain)")]
    [TestCase("using var m = new UMat(); using var c = image[0];", TestName = "{m}(nothing where all is used)")]
    public Task Knows_Emgu(string body) => Verify.ReportsAsync(
        $"using System; using Emgu.CV; using Emgu.CV.Structure;\nclass C {{ void M(Image<Bgr, byte> image) {{ while (true) {{ {body} }} }} }}", WithEmgu);

    [Test]
    public Task Knows_no_other_Mat() => Verify.ReportsAsync("class Mat : System.IDisposable { public void Dispose() { } } class C { void M() { while (true) { var m = new Mat(); } } }");

    [TestCase("var mask = [|frame.Clone()|]; Cv2.ImShow(\"x\", mask);", "'M' never disposes 'mask', one per iteration of a loop: the garbage collector does not see its native memory")]
    [TestCase("using Mat m = [|frame * 0.8|] + other;", "'M' never disposes the MatExpr of 'frame * 0.8', one per iteration of a loop: the garbage collector does not see its native memory")]
    [TestCase("Mat m = other; for (;;) { m = [|frame.Clone()|]; Cv2.ImShow(\"x\", m); if (m.Rows > 0) break; } m.Dispose();", "'M' never disposes the images that 'm' held before, one per iteration of a loop: the garbage collector does not see its native memory")]
    [TestCase("Cv2.Merge([|Cv2.Split(frame)|], other);", "'M' never disposes the images of 'Cv2.Split(frame)', one per iteration of a loop: the garbage collector does not see its native memory")]
    public Task Message_says_who_and_what(string body, string message) => Verify.ReportsAsync(InLoop(body), With4, message);

    [Test]
    public Task Fix_declares_the_local_with_using() => Verify.FixesAllAsync(
        """
        using OpenCvSharp;
        class C
        {
            void M(VideoCapture camera)
            {
                while (true)
                {
                    // the frame
                    var frame = [|new Mat()|]; // empty
                    if (!camera.Read(frame))
                    {
                        break;
                    }

                    using var expression = frame * 0.5;
                    Mat [|dark|] = expression;
                    Cv2.ImShow("x", dark);
                }
            }
        }
        """,
        """
        using OpenCvSharp;
        class C
        {
            void M(VideoCapture camera)
            {
                while (true)
                {
                    // the frame
                    using var frame = new Mat(); // empty
                    if (!camera.Read(frame))
                    {
                        break;
                    }

                    using var expression = frame * 0.5;
                    using Mat dark = expression;
                    Cv2.ImShow("x", dark);
                }
            }
        }
        """,
        setup: With4);

    [Test]
    public Task Fix_names_the_temporaries_of_an_expression() => Verify.FixesAllAsync(
        """
        using OpenCvSharp;
        class C
        {
            void M(Mat frame, Mat sum, Scalar s)
            {
                for (;;)
                {
                    // darker
                    using Mat dark = [|frame * 0.8|] + s; // and lifted
                    using var edges = [|frame.Clone()|].Threshold(1, 2, ThresholdTypes.Binary);
                    Cv2.Absdiff([|frame.Clone()|], edges.Clone(), sum);
                }
            }
        }
        """,
        """
        using OpenCvSharp;
        class C
        {
            void M(Mat frame, Mat sum, Scalar s)
            {
                for (;;)
                {
                    // darker
                    using var expression = frame * 0.8;
                    using var expression2 = expression + s;
                    using Mat dark = expression2; // and lifted
                    using var mat = frame.Clone();
                    using var edges = mat.Threshold(1, 2, ThresholdTypes.Binary);
                    using var mat2 = frame.Clone();
                    using var mat3 = edges.Clone();
                    Cv2.Absdiff(mat2, mat3, sum);
                }
            }
        }
        """,
        setup: With4);

    [Test]
    public Task Fix_disposes_each_element_of_a_loop() => Verify.FixesAsync(
        """
        using OpenCvSharp;
        class C
        {
            void M(Mat frame)
            {
                while (true)
                    // planes
                    foreach (var plane in [|Cv2.Split(frame)|]) // three
                        Cv2.ImShow("x", plane); // one
            }
        }
        """,
        """
        using OpenCvSharp;
        class C
        {
            void M(Mat frame)
            {
                while (true)
                    // planes
                    foreach (var plane in Cv2.Split(frame)) // three
                    {
                        using (plane)
                        {
                            Cv2.ImShow("x", plane); // one
                        }
                    }
            }
        }
        """,
        setup: With4);

    [TestCase("switch (frame.Rows) { case 1: var m = [|frame.Clone()|]; Cv2.ImShow(\"x\", m); break; }", TestName = "{m}(in a switch section)")]
    [TestCase("var m = [|frame.Clone()|]; if (m.Rows > 1) goto End; Cv2.ImShow(\"x\", m); End: ;", TestName = "{m}(a goto would jump over it)")]
    [TestCase("var m = [|frame.Clone()|]; m = [|m.Clone()|];", TestName = "{m}(the local is assigned again)")]
    [TestCase("var m = [|frame.Clone()|]; Task.Run(() => Console.WriteLine(m.Rows));", TestName = "{m}(a task has captured it)")]
    [TestCase("Mat m; m = [|frame.Clone()|]; Cv2.ImShow(\"x\", m);", TestName = "{m}(declared without a value)")]
    [TestCase("var n = frame.Rows > 1 ? [|frame.Clone()|].Rows : 0;", TestName = "{m}(made only sometimes)")]
    [TestCase("while ([|frame.Clone()|].Rows > 1) { }", TestName = "{m}(made in a condition)")]
    [TestCase("var planes = [|Cv2.Split(frame)|]; Cv2.Merge(planes, other);", TestName = "{m}(an array is not disposable)")]
    public Task Fix_is_not_offered_where(string body) => Verify.OffersNoFixAsync(InLoop(body), setup: With4);

    [Test]
    public Task Fix_is_not_offered_where_a_pointer_into_it_is_returned() => Verify.OffersNoFixAsync(
        Usings + "class C { IntPtr M(VideoCapture c) { while (true) { var m = [|c.RetrieveMat()|]; if (m.Rows > 0) { return m.Data; } } } }", setup: With4);
}
