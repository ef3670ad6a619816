using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Camera.HRD4003OversubscribedOpenCvAnalyzer, Hardening.Analyzers.Camera.HRD4003OversubscribedOpenCvCodeFix>;

namespace Hardening.Analyzers.Tests.Camera;

public sealed class HRD4003OversubscribedOpenCvTests
{
    private const string Usings =
        """
        using System; using System.Collections.Generic; using System.Linq; using System.Threading; using System.Threading.Tasks; using OpenCvSharp;

        """;

    private const string Camera =
        """
        public class LineCamera
        {
            public event Action<Mat>? FrameArrived;
            public void RegisterFrameCallback(Action<Mat> callback) { }
            public void Raise(Mat m) => FrameArrived?.Invoke(m);
        }
        """;

    private static readonly Setup With4 = new() { Sources = [OpenCvDeclarations.OpenCvSharp4, Usings + Camera] };
    private static readonly Setup With5 = new() { Sources = [OpenCvDeclarations.OpenCvSharp5, Usings + Camera] };
    private static readonly Setup WithEmgu = new() { Sources = [OpenCvDeclarations.Emgu] };

    private const string Helpers =
        "void Inspect(Mat m) => Blur(m); static void Blur(Mat m) => Cv2.GaussianBlur(m, m, new Size(5, 5), 0); async Task InspectAsync(Mat m) { await Task.Yield(); Blur(m); } void Show(Mat m) => Cv2.ImShow(\"x\", m); Thread? _thread; Task? _task;";

    private static string In(string body) =>
        $"{Usings}class C {{ {Helpers}\n void M(List<Mat> frames, Mat mat, string[] urls, List<LineCamera> cameras, LineCamera left, LineCamera right) {{ {body} }} }}";

    [TestCase("Parallel.ForEach(frames, f => [|Cv2.GaussianBlur|](f, f, new Size(5, 5), 0));", TestName = "{m}(Parallel.ForEach)")]
    [TestCase("Parallel.For(0, 9, i => { [|Cv2.CvtColor|](frames[i], mat, ColorConversionCodes.BGR2GRAY); Cv2.Threshold(mat, mat, 1, 2, ThresholdTypes.Binary); });", TestName = "{m}(Parallel.For, once)")]
    [TestCase("Parallel.Invoke(() => [|Cv2.Resize|](mat, mat, new Size(1, 1)), () => Cv2.Canny(mat, mat, 1, 2));", TestName = "{m}(Parallel.Invoke)")]
    [TestCase("Parallel.ForEach(frames, f => [|Inspect|](f));", TestName = "{m}(through calls)")]
    [TestCase("Parallel.ForEach(frames, [|Inspect|]);", TestName = "{m}(a method group)")]
    [TestCase("Parallel.ForEach(frames, new ParallelOptions { MaxDegreeOfParallelism = 4 }, f => [|f.Threshold|](1, 2, ThresholdTypes.Binary).Dispose());", TestName = "{m}(with a degree, a method of the image)")]
    [TestCase("_ = Parallel.ForEachAsync(frames, async (f, t) => { await Task.Yield(); [|Blur|](f); });", TestName = "{m}(Parallel.ForEachAsync)")]
    [TestCase("_ = Parallel.ForEachAsync(frames, async (f, t) => await [|InspectAsync|](f));", TestName = "{m}(an async method)")]
    [TestCase("var n = frames.AsParallel().Select(f => [|Cv2.Threshold|](f, f, 1, 2, ThresholdTypes.Binary)).Sum();", TestName = "{m}(a parallel query)")]
    [TestCase("frames.AsParallel().Where(f => { [|Blur|](f); return true; }).ForAll(f => Blur(f));", TestName = "{m}(a parallel query of two links, once)")]
    [TestCase("var q = from f in frames.AsParallel() select [|Cv2.Threshold|](f, f, 1, 2, ThresholdTypes.Binary);", TestName = "{m}(a query expression)")]
    [TestCase("foreach (var url in urls) { new Thread(() => { while (true) { [|Inspect|](mat); } }).Start(); }", TestName = "{m}(a thread for each camera)")]
    [TestCase("for (var i = 0; i < 4; i++) { var t = new Thread(() => [|Blur|](mat)) { IsBackground = true }; t.Start(); }", TestName = "{m}(workers)")]
    [TestCase("new Thread(() => [|Blur|](mat)).Start(); new Thread(() => Blur(mat)).Start();", TestName = "{m}(two threads, once)")]
    [TestCase("var tasks = frames.Select(f => Task.Run(() => [|Blur|](f))).ToArray(); Task.WaitAll(tasks);", TestName = "{m}(a task for each frame)")]
    [TestCase("foreach (var f in frames) { _ = Task.Run(() => [|Blur|](f)); }", TestName = "{m}(forgotten tasks)")]
    [TestCase("foreach (var f in frames) { ThreadPool.QueueUserWorkItem(_ => [|Blur|](f)); }", TestName = "{m}(work items)")]
    [TestCase("foreach (var url in urls) { Task.Factory.StartNew(() => [|Blur|](mat), TaskCreationOptions.LongRunning); }", TestName = "{m}(long-running tasks)")]
    [TestCase("var a = Task.Run(() => [|Blur|](mat)); var b = Task.Run(() => Blur(mat)); Task.WaitAll(a, b);", TestName = "{m}(two tasks)")]
    [TestCase("foreach (var camera in cameras) { camera.FrameArrived += f => [|Blur|](f); }", TestName = "{m}(cameras)")]
    [TestCase("foreach (var camera in cameras) { camera.FrameArrived += [|Inspect|]; }", TestName = "{m}(cameras, a method)")]
    [TestCase("cameras.ForEach(camera => camera.RegisterFrameCallback(f => [|Blur|](f)));", TestName = "{m}(registered callbacks)")]
    [TestCase("left.FrameArrived += [|Inspect|]; right.FrameArrived += Inspect;", TestName = "{m}(two cameras)")]
    [TestCase("Parallel.ForEach(frames, f => { frames.ForEach(x => [|Blur|](x)); });", TestName = "{m}(a lambda that runs at once)")]
    public Task Reports(string body) => Verify.ReportsAsync(In(body), With4);

    [Test]
    public Task Reports_a_local_function() => Verify.ReportsAsync(In("Parallel.ForEach(frames, f => { [|Local|](f); void Local(Mat x) => Blur(x); });"), With4);

    [Test]
    public Task Knows_OpenCvSharp_5() => Verify.ReportsAsync(In("Parallel.ForEach(frames, f => [|Cv2.GaussianBlur|](f, f, new Size(5, 5), 0));"), With5);

    [Test]
    public Task Knows_Emgu() => Verify.ReportsAsync(
        "using System.Threading.Tasks; using Emgu.CV; class C { void M(Mat[] frames) => Parallel.ForEach(frames, f => [|CvInvoke.CvtColor|](f, f)); }", WithEmgu);

    [TestCase("class Worker(string url) { Thread? _t; public void Start() { _t = new Thread([|Run|]); _t.Start(); } void Run() { using var m = new Mat(url); Cv2.GaussianBlur(m, m, new Size(5, 5), 0); } } class P { void M(Worker[] all) { foreach (var w in all) { w.Start(); } } }", TestName = "{m}(a worker object for each camera)")]
    [TestCase("class Worker { readonly Thread _t; public Worker(string url) { _t = new Thread(() => [|Cv2.Threshold|](new Mat(url), new Mat(), 1, 2, ThresholdTypes.Binary)); _t.Start(); } } class P { object M(string[] urls) => urls.Select(url => new Worker(url)).ToArray(); }", TestName = "{m}(a thread of a constructor)")]
    [TestCase("class Worker { Task? _t; public void Start() => _t = Task.Run([|Run|]); void Run() => Cv2.CountNonZero(Gray()); static Mat Gray() { var m = new Mat(); Cv2.CvtColor(m, m, ColorConversionCodes.BGR2GRAY); return m; } } class P { void M() { var a = new Worker(); var b = new Worker(); a.Start(); b.Start(); } }", TestName = "{m}(two worker objects)")]
    [TestCase("class Lane { public Lane(LineCamera camera) => camera.FrameArrived += [|OnFrame|]; void OnFrame(Mat m) => Cv2.Canny(m, m, 1, 2); } class P { List<Lane> M(LineCamera[] cameras) { var all = new List<Lane>(); foreach (var c in cameras) { all.Add(new Lane(c)); } return all; } }", TestName = "{m}(a lane object for each camera)")]
    [TestCase("partial class C<T>(T[] items) where T : Mat { void M() => Parallel.ForEach(items, Each()); static Action<T> Each() => f => Cv2.Canny(f, f, 1, 2); }", TestName = "{m}(nothing: a delegate from elsewhere)")]
    [TestCase("partial class C<T>(T[] items) where T : Mat { void M() => Parallel.ForEach(items, f => [|Cv2.Canny|](f, f, 1, 2)); }", TestName = "{m}(a generic type, a primary constructor)")]
    [TestCase("class C { async Task M(IAsyncEnumerable<Mat> frames) { var all = new List<Task>(); await foreach (var f in frames) { all.Add(Task.Run(() => [|Cv2.Canny|](f, f, 1, 2))); } await Task.WhenAll(all); } }", TestName = "{m}(an async method)")]
    [TestCase("class C { IEnumerable<Task> M(Mat[] frames) { foreach (var f in frames) { var t = Task.Run(() => [|Cv2.Canny|](f, f, 1, 2)); Task.WhenAll(t); yield return t; } } }", TestName = "{m}(an iterator)")]
    public Task Reports_code(string source) => Verify.ReportsAsync(Usings + source, With4);

    [Test]
    public Task Reports_in_top_level_statements() => Verify.ReportsAsync(
        Usings + "Mat[] frames = [];\nParallel.ForEach(frames, f => [|Cv2.GaussianBlur|](f, f, new Size(5, 5), 0));", With4);

    [TestCase("foreach (var f in frames) { Cv2.GaussianBlur(f, f, new Size(5, 5), 0); }", TestName = "{m}(one thread)")]
    [TestCase("new Thread(() => Blur(mat)).Start();", TestName = "{m}(one background thread)")]
    [TestCase("_thread = new Thread(() => Blur(mat)); _thread.Start();", TestName = "{m}(one thread in a field)")]
    [TestCase("while (true) { _thread = new Thread(() => Blur(mat)); _thread.Start(); Thread.Sleep(1); }", TestName = "{m}(a thread that replaces the one before)")]
    [TestCase("foreach (var f in frames) { var t = new Thread(() => Blur(f)); t.Start(); t.Join(); }", TestName = "{m}(one after the other)")]
    [TestCase("_task = Task.Run(() => Blur(mat));", TestName = "{m}(one task)")]
    [TestCase("Parallel.ForEach(frames, f => Cv2.ImShow(\"x\", f));", TestName = "{m}(a window)")]
    [TestCase("Parallel.ForEach(frames, f => { Cv2.ImWrite(\"x\", f); Cv2.WaitKey(1); Cv2.Sum(f); });", TestName = "{m}(functions without threads)")]
    [TestCase("Parallel.ForEach(frames, f => Show(f));", TestName = "{m}(a window through a call)")]
    [TestCase("Parallel.ForEach(frames, new ParallelOptions { MaxDegreeOfParallelism = 1 }, f => Blur(f));", TestName = "{m}(a degree of one)")]
    [TestCase("frames.AsParallel().WithDegreeOfParallelism(1).ForAll(f => Blur(f));", TestName = "{m}(a query with a degree of one)")]
    [TestCase("left.FrameArrived += Inspect;", TestName = "{m}(one camera)")]
    [TestCase("while (true) { left.FrameArrived += Inspect; Thread.Sleep(1); left.FrameArrived -= Inspect; }", TestName = "{m}(one camera that is opened again)")]
    [TestCase("foreach (var camera in cameras) { camera.FrameArrived += Show; }", TestName = "{m}(cameras that are only shown)")]
    [TestCase("frames.ForEach(f => Blur(f)); var n = frames.Select(f => Cv2.Threshold(f, f, 1, 2, ThresholdTypes.Binary)).Sum();", TestName = "{m}(walks of one thread)")]
    [TestCase("foreach (var f in frames) { Task.Run(() => Blur(f)).Wait(); }", TestName = "{m}(tasks that are waited for)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In(body), With4);

    [TestCase("class C { async Task M(Mat[] frames) { foreach (var f in frames) { await Task.Run(() => Cv2.Canny(f, f, 1, 2)); } } }", TestName = "{m}(awaited one by one)")]
    [TestCase("class C { Task M(Mat f) => Task.Run(() => Cv2.Canny(f, f, 1, 2)); }", TestName = "{m}(a task for the caller)")]
    [TestCase("class C { void M(Mat[] frames) { Cv2.SetNumThreads(1); Parallel.ForEach(frames, f => Cv2.Canny(f, f, 1, 2)); } }", TestName = "{m}(the threads are off)")]
    [TestCase("class C { void M(Mat[] frames) { OpenCvThreads.Configure(); Parallel.ForEach(frames, f => Cv2.Canny(f, f, 1, 2)); } } static class OpenCvThreads { public static void Configure() { } }", TestName = "{m}(the threads are off by our own runtime)")]
    [TestCase("class C { void M(Mat[] frames) { Environment.SetEnvironmentVariable(\"OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER\", \"0\"); Parallel.ForEach(frames, f => Cv2.Canny(f, f, 1, 2)); } }", TestName = "{m}(the pool does not spin)")]
    [TestCase("class Worker { Thread? _t; public void Start() { _t = new Thread(Run); _t.Start(); } void Run() => Cv2.Canny(new Mat(), new Mat(), 1, 2); } class P { readonly Worker _w = new(); void M(bool again) { _w.Start(); var x = again ? new Worker() : new Worker(); } }", TestName = "{m}(one worker object)")]
    public Task Is_silent_on_code(string source) => Verify.ReportsAsync(Usings + source, With4);

    [Test]
    public Task Is_silent_where_another_document_sets_the_threads() => Verify.ReportsAsync(
        In("Parallel.ForEach(frames, f => Blur(f));") + "\n// === B.cs ===\nstatic class Start { public static void Up() => OpenCvSharp.Cv2.SetNumThreads(1); }", With4);

    [TestCase("Parallel.ForEach(frames, f => [|Inspect|](f));", "'M' runs 'Inspect → Blur → Cv2.GaussianBlur' in 'Parallel.ForEach' while OpenCV's own threads are on, so each of these calls also wakes a thread for every core")]
    [TestCase("Array.ForEach([.. Enumerable.Range(0, 4).Select(_ => new Thread([|Work|]))], thread => thread.Start()); void Work() { while (true) { Inspect(mat); } }", "'M' runs 'Work → Inspect → Blur → Cv2.GaussianBlur' on several threads while OpenCV's own threads are on, so each of these calls also wakes a thread for every core")]
    [TestCase("foreach (var camera in cameras) { camera.FrameArrived += [|Inspect|]; }", "'M' runs 'Inspect → Blur → Cv2.GaussianBlur' in the callbacks of several cameras while OpenCV's own threads are on, so each of these calls also wakes a thread for every core")]
    public Task Message_says_what_runs_where(string body, string message) => Verify.ReportsAsync(In(body), With4, message);

    private const string Work = "using System.Threading.Tasks;\nusing OpenCvSharp;\npublic static class Work\n{\n    public static void Run(Mat[] frames)\n    {\n        Parallel.ForEach(frames, f => [|Cv2.Canny|](f, f, 1, 2)); // edges\n        Parallel.ForEach(frames, f => [|Cv2.CvtColor|](f, f, ColorConversionCodes.BGR2GRAY));\n    }\n}\n";

    private static string Fixed(string text) => text.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal);

    [Test]
    public Task Fix_sets_the_threads_in_top_level_statements() => Verify.FixesAllAsync(
        "using OpenCvSharp;\n\n// all of it\nWork.Run([]); // done\n// === Work.cs ===\n" + Work,
        "using OpenCvSharp;\n\n// all of it\nCv2.SetNumThreads(1);\nWork.Run([]); // done\n// === Work.cs ===\n" + Fixed(Work), setup: With4);

    [TestCase("    static void Main()\n    {\n        // all of it\n        Work.Run([]); // done\n    }", "    static void Main()\n    {\n        // all of it\n        OpenCvSharp.Cv2.SetNumThreads(1);\n        Work.Run([]); // done\n    }", TestName = "{m}(Main)")]
    [TestCase("    // here\n    static void Main() => Work.Run([]); // done", "    // here\n    static void Main()\n    {\n        OpenCvSharp.Cv2.SetNumThreads(1);\n        Work.Run([]);\n    } // done", TestName = "{m}(an expression)")]
    [TestCase("    static int Main(string[] args) => args.Length;", "    static int Main(string[] args)\n    {\n        OpenCvSharp.Cv2.SetNumThreads(1);\n        return args.Length;\n    }", TestName = "{m}(an expression with a result)")]
    [TestCase("    static async System.Threading.Tasks.Task Main() => await System.Threading.Tasks.Task.Yield();", "    static async System.Threading.Tasks.Task Main()\n    {\n        OpenCvSharp.Cv2.SetNumThreads(1);\n        await System.Threading.Tasks.Task.Yield();\n    }", TestName = "{m}(an async expression)")]
    [TestCase("    static void Main()\n    {\n    }", "    static void Main()\n    {\n        OpenCvSharp.Cv2.SetNumThreads(1);\n    }", TestName = "{m}(an empty Main)")]
    public async Task Fix_sets_the_threads_in_Main(string main, string expected)
    {
        // Markup has no programs with a Main, so the project is made one by hand.
        var project = RuleRunner.CreateProject(Markup.Parse(Work + "// === Program.cs ===\nstatic class Program\n{\n" + main + "\n}\n"), With4);
        project = project.WithCompilationOptions(project.CompilationOptions!.WithOutputKind(OutputKind.ConsoleApplication));
        var reported = await RuleRunner.RunAsync([new Hardening.Analyzers.Camera.HRD4003OversubscribedOpenCvAnalyzer()], project, "the program");
        var fix = new Hardening.Analyzers.Camera.HRD4003OversubscribedOpenCvCodeFix();
        var action = (await FixRunner.ActionsAsync(fix, project, reported[0])).Single();
        var changed = await FixRunner.ApplyAsync(action, project);
        Assert.That((await RuleRunner.DocumentOf(changed, "Program.cs").GetTextAsync()).ToString(), Is.EqualTo("static class Program\n{\n" + expected + "\n}\n"));
        Assert.That(await RuleRunner.RunAsync([new Hardening.Analyzers.Camera.HRD4003OversubscribedOpenCvAnalyzer()], changed, "the fixed program"), Is.Empty);
    }

    [Test]
    public Task Fix_sets_the_threads_of_Emgu() => Verify.FixesAllAsync(
        "using System.Threading.Tasks;\nusing Emgu.CV;\n\nMat[] frames = [];\n// each\nParallel.ForEach(frames, f => [|CvInvoke.CvtColor|](f, f)); // one\n",
        "using System.Threading.Tasks;\nusing Emgu.CV;\n\nCvInvoke.NumThreads = 1;\nMat[] frames = [];\n// each\nParallel.ForEach(frames, f => CvInvoke.CvtColor(f, f)); // one\n", setup: WithEmgu);

    [Test]
    public Task No_fix_in_a_library() => Verify.OffersNoFixAsync(Work, setup: With4);
}
