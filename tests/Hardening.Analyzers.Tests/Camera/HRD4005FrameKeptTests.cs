using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Camera.HRD4005FrameKeptAnalyzer, Hardening.Analyzers.Camera.HRD4005FrameKeptCodeFix>;

namespace Hardening.Analyzers.Tests.Camera;

public sealed class HRD4005FrameKeptTests
{
    private static readonly Setup With4 = new() { Sources = [OpenCvDeclarations.OpenCvSharp4] };
    private static readonly Setup With5 = new() { Sources = [OpenCvDeclarations.OpenCvSharp5] };
    private static readonly Setup WithEmgu = new() { Sources = [OpenCvDeclarations.Emgu] };
    private static readonly Setup WithVendors = new() { Sources = [OpenCvDeclarations.OpenCvSharp4, VendorDeclarations] };

    // One image for all rounds.
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _queue.Enqueue([|frame|]); }", TestName = "{m}(a queue)")]
    [TestCase("using var frame = new Mat(); for (;;) { if (!camera.Read(frame)) { break; } _list.Add([|frame|]); }", TestName = "{m}(a list)")]
    [TestCase("Mat frame = new(); var all = new List<Mat>(); do { camera.Read(frame); all.Add([|frame|]); } while (!_stop); Use(all);", TestName = "{m}(a local list)")]
    [TestCase("var frame = new Mat(); while (camera.Grab()) { camera.Retrieve(frame); _last = [|frame|]; }", TestName = "{m}(a field)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { this.Last = [|frame|]; }", TestName = "{m}(a property)")]
    [TestCase("var frame = new Mat(); var i = 0; while (camera.Read(frame)) { _ring[i++ % 8] = [|frame|]; }", TestName = "{m}(an array)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _byCamera[\"a\"] = [|frame|]; }", TestName = "{m}(a dictionary)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _byCamera.AddOrUpdate(\"a\", [|frame|], (_, old) => old); }", TestName = "{m}(a concurrent dictionary)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _pairs.Writer.TryWrite(([|frame|], 1)); }", TestName = "{m}(a tuple in a channel)")]
    [TestCase("var frame = new Mat(); var n = 0; while (camera.Read(frame)) { _shots.Enqueue(new Shot(n++, [|frame|])); }", TestName = "{m}(a record)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _jobs.Enqueue(new Job([|frame|])); }", TestName = "{m}(an object that is given the frame)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _infos.Enqueue(new Info { Frame = [|frame|] }); }", TestName = "{m}(an initializer)")]
    [TestCase("var frame = new Mat(); var sets = new List<List<Mat>>(); while (camera.Read(frame)) { sets.Add(new List<Mat> { [|frame|] }); }", TestName = "{m}(a list in a list)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _queue.Enqueue([|frame[roi]|]); }", TestName = "{m}(a part)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { var part = new Mat(frame, roi); _queue.Enqueue([|part|]); }", TestName = "{m}(a part in a local)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _address = [|frame.Data|]; }", TestName = "{m}(an address)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _queue.Enqueue([|Mat.FromPixelData(1, 1, MatType.CV_8UC1, frame.Data)|]); }", TestName = "{m}(a header over an address)")]
    [TestCase("using var frame = new Mat(); using var gray = new Mat(); while (camera.Read(frame)) { Cv2.CvtColor(frame, gray, ColorConversionCodes.BGR2GRAY); _queue.Enqueue([|gray|]); }", TestName = "{m}(the destination of a function)")]
    [TestCase("var frame = new Mat(); var copy = new Mat(); while (camera.Read(frame)) { frame.CopyTo(copy); _queue.Enqueue([|copy|]); }", TestName = "{m}(one copy for all rounds)")]
    [TestCase("while (camera.Read(_frame)) { _queue.Enqueue([|_frame|]); }", TestName = "{m}(a field that is filled)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { Keep([|frame|]); }", TestName = "{m}(a helper that keeps it)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { Pass([|frame|]); }", TestName = "{m}(a helper of a helper)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { Interlocked.Exchange(ref _last, [|frame|]); }", TestName = "{m}(an exchange)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { Task.Run(() => Use([|frame|])); }", TestName = "{m}(a task)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _ = Task.Run(async () => { await Task.Yield(); Use([|frame|]); Use(frame); }); }", TestName = "{m}(an async task)")]
    [TestCase("var frame = new Mat(); var tasks = new List<Task>(); while (camera.Read(frame)) { tasks.Add(Task.Run(() => Use([|frame|]))); } Task.WaitAll(tasks.ToArray());", TestName = "{m}(tasks that are waited for later)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { new Thread(() => Use([|frame|])).Start(); }", TestName = "{m}(a thread)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { ThreadPool.QueueUserWorkItem(_ => Use([|frame|])); }", TestName = "{m}(a work item)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { ThreadPool.QueueUserWorkItem(Work, [|frame|]); }", TestName = "{m}(the state of a work item)")]
    [TestCase("var frame = new Mat(); var timer = new Timer(_ => { camera.Read(frame); _queue.Enqueue([|frame|]); }, null, 0, 33);", TestName = "{m}(a timer that reads)")]
    [TestCase("void Grab() { var frame = new Mat(); while (camera.Read(frame)) { _queue.Enqueue([|frame|]); } } Task.Run(Grab);", TestName = "{m}(a local function)")]
    // Disposed at the end of the round.
    [TestCase("while (!_stop) { using var frame = new Mat(); camera.Read(frame); _queue.Enqueue([|frame|]); }", TestName = "{m}(a using declaration)")]
    [TestCase("while (!_stop) { using (var frame = camera.RetrieveMat()) { _last = [|frame|]; } }", TestName = "{m}(a using statement)")]
    [TestCase("while (!_stop) { var frame = camera.RetrieveMat(); _queue.Enqueue([|frame|]); frame.Dispose(); }", TestName = "{m}(a Dispose afterwards)")]
    [TestCase("while (!_stop) { var frame = camera.RetrieveMat(); try { _queue.Enqueue([|frame|]); } finally { frame.Dispose(); } }", TestName = "{m}(a finally)")]
    [TestCase("while (!_stop) { using var frame = camera.RetrieveMat(); _ = Task.Run(() => Use([|frame|])); }", TestName = "{m}(a task that runs on)")]
    [TestCase("while (!_stop) { using var frame = camera.RetrieveMat(); _address = [|frame.Data|]; }", TestName = "{m}(the address of what is disposed)")]
    public Task Reports_in(string body) => Verify.ReportsAsync(InMethod(body), With4);

    // Lent for the time of a call.
    [TestCase("public C(Camera camera) => camera.FrameReady += (_, frame) => _queue.Enqueue([|frame|]);", TestName = "{m}(the argument of an event)")]
    [TestCase("public C(Camera camera) => camera.FrameReady += OnFrame; private void OnFrame(object? sender, Mat frame) { lock (_list) { _list.Add([|frame|]); } }", TestName = "{m}(a handler)")]
    [TestCase("public C(Camera camera) { camera.FrameReady += OnFrame; void OnFrame(object? sender, Mat frame) => _last = [|frame|]; }", TestName = "{m}(a local function)")]
    [TestCase("public C(Camera camera) => camera.NewFrame += (_, e) => _queue.Enqueue([|e.Frame|]);", TestName = "{m}(the frame of the event's data)")]
    [TestCase("public C(Camera camera) => camera.NewFrame += (_, e) => { var frame = e.Frame; Keep([|frame|]); };", TestName = "{m}(the same in a local)")]
    [TestCase("public C(Camera camera) => camera.FrameReady += (_, frame) => Task.Run(() => Use([|frame|]));", TestName = "{m}(a task)")]
    [TestCase("public C(Camera camera) => camera.RegisterFrameCallback(frame => _queue.Enqueue([|frame|]));", TestName = "{m}(a callback)")]
    [TestCase("public C(Camera camera) => camera.SetRaw(OnRaw); void OnRaw(IntPtr buffer, int length) => _address = [|buffer|];", TestName = "{m}(a raw callback)")]
    [TestCase("public C(Camera camera) => camera.SetRaw((buffer, length) => _queue.Enqueue([|Mat.FromPixelData(1, length, MatType.CV_8UC1, buffer)|]));", TestName = "{m}(a header over the callback's memory)")]
    [TestCase("public C(Camera camera) => camera.SetRaw((buffer, length) => { var mat = Mat.FromPixelData(1, length, MatType.CV_8UC1, buffer); _queue.Enqueue([|mat|]); });", TestName = "{m}(the same in a local)")]
    [TestCase("public C(Camera camera) => camera.FrameReady += OnFrame; private async void OnFrame(object? sender, Mat frame) { await Task.Yield(); await _frames.Writer.WriteAsync([|frame|]); }", TestName = "{m}(an async handler)")]
    [TestCase("public C(Camera camera) => camera.FrameReady += (_, frame) => _last ??= [|frame|];", TestName = "{m}(a coalescing assignment)")]
    public Task Reports_what_a_callback_lends(string members) => Verify.ReportsAsync(InClass(members), With4);

    [TestCase("public C(Basler.Pylon.IStreamGrabber grabber) => grabber.ImageGrabbed += (_, e) => _results.Add([|e.GrabResult|]);", TestName = "{m}(a grab result)")]
    [TestCase("public C(Basler.Pylon.IStreamGrabber grabber) => grabber.ImageGrabbed += (_, e) => { var result = e.GrabResult; _pixels = (byte[])[|result.PixelData|]; };", TestName = "{m}(its pixels)")]
    [TestCase("void M(Basler.Pylon.IStreamGrabber grabber) { while (!_stop) { using var result = grabber.RetrieveResult(500); _results.Add([|result|]); } }", TestName = "{m}(a grab result that is disposed)")]
    [TestCase("void M(SpinnakerNET.IManagedCamera camera) { while (!_stop) { using var image = camera.GetNextImage(); _images.Add([|image|]); } }", TestName = "{m}(a managed image that is disposed)")]
    [TestCase("void M(SpinnakerNET.IManagedCamera camera) { while (!_stop) { var image = camera.GetNextImage(); _images.Add([|image|]); image.Release(); } }", TestName = "{m}(a managed image that is released)")]
    [TestCase("class Events : SpinnakerNET.ManagedImageEventHandler { SpinnakerNET.ManagedImage? _last; protected override void OnImageEvent(SpinnakerNET.ManagedImage image) => _last = [|image|]; }", TestName = "{m}(an override that the library calls)")]
    [TestCase("public C(AForge.Video.IVideoSource source) => source.NewFrame += OnNewFrame; object? _bitmap; void OnNewFrame(object sender, AForge.Video.NewFrameEventArgs eventArgs) => _bitmap = [|eventArgs.Frame|];", TestName = "{m}(a bitmap of an event)")]
    [TestCase("void M(Hardening.Camera.FrameLease frame) { using var lease = frame.AddLease(\"x\"); _leases.Enqueue([|lease|]); }", TestName = "{m}(a lease)")]
    [TestCase("ReadOnlyMemory<byte> _memory; void M(Hardening.Camera.FrameLease frame) { using var lease = frame.AddLease(\"x\"); _memory = [|lease.Memory|]; }", TestName = "{m}(the memory of a lease)")]
    public Task Reports_vendors_frames(string members) => Verify.ReportsAsync(
        InClass("readonly List<Basler.Pylon.IGrabResult> _results = []; readonly List<SpinnakerNET.IManagedImage> _images = []; readonly Queue<Hardening.Camera.FrameLease> _leases = new(); byte[]? _pixels; " + members), WithVendors);

    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _queue.Enqueue(frame.Clone()); }", TestName = "{m}(a clone)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { var copy = new Mat(); frame.CopyTo(copy); _queue.Enqueue(copy); }", TestName = "{m}(a copy in a new image)")]
    [TestCase("while (!_stop) { var frame = new Mat(); camera.Read(frame); _queue.Enqueue(frame); }", TestName = "{m}(a new image in each round)")]
    [TestCase("Mat? frame = null; while (!_stop) { frame = new Mat(); camera.Read(frame); _queue.Enqueue(frame); }", TestName = "{m}(a variable that gets a new image)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _queue.Enqueue(frame); frame = new Mat(); }", TestName = "{m}(a variable that gets a new image afterwards)")]
    [TestCase("var front = new Mat(); var back = new Mat(); while (camera.Read(back)) { (front, back) = (back, front); _last = front; }", TestName = "{m}(two images in turn)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { frame = Interlocked.Exchange(ref _last, frame) ?? new Mat(); }", TestName = "{m}(an exchange that gives another one back)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { Use(frame); }", TestName = "{m}(a helper that only looks at it)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { KeepCopy(frame); }", TestName = "{m}(a helper that keeps a clone)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { var parts = new List<Mat> { frame }; Use(parts); parts.Add(frame); }", TestName = "{m}(a list of the round)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _list.Add(frame); Use(_list); _list.Clear(); }", TestName = "{m}(a list that is cleared)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _last = frame; Use(_list); _last = null; }", TestName = "{m}(a field that is set back)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { Task.Run(() => Use(frame)).Wait(); }", TestName = "{m}(a task that is waited for)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { var thread = new Thread(() => Use(frame)); thread.Start(); thread.Join(); }", TestName = "{m}(a thread that is waited for)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { Parallel.For(0, 4, i => Use(frame)); }", TestName = "{m}(a parallel loop)")]
    [TestCase("var frame = new Mat(); camera.Read(frame); _queue.Enqueue(frame);", TestName = "{m}(one frame)")]
    [TestCase("var background = new Mat(); camera.Read(background); while (!_stop) { using var frame = camera.RetrieveMat(); Cv2.Absdiff(frame, background, frame); } _last = background;", TestName = "{m}(an image that is filled once)")]
    [TestCase("while (!_stop) { var frame = camera.RetrieveMat(); if (!_frames.Writer.TryWrite(frame)) { frame.Dispose(); } }", TestName = "{m}(disposed where it was not taken)")]
    [TestCase("while (!_stop) { var frame = camera.RetrieveMat(); if (_frames.Writer.TryWrite(frame)) { continue; } frame.Dispose(); }", TestName = "{m}(the same the other way round)")]
    [TestCase("while (!_stop) { Mat? frame = camera.RetrieveMat(); try { if (_frames.Writer.TryWrite(frame)) { frame = null; } } finally { frame?.Dispose(); } }", TestName = "{m}(a variable that is given up)")]
    [TestCase("while (!_stop) { using var frame = camera.RetrieveMat(); var part = frame[roi]; _queue.Enqueue(part); }", TestName = "{m}(a part, which keeps the pixels alive)")]
    [TestCase("while (!_stop) { using var frame = camera.RetrieveMat(); var planes = new List<Mat>(); planes.Add(frame); Use(planes); }", TestName = "{m}(a list that ends with the frame)")]
    [TestCase("while (_free.TryTake(out var frame)) { camera.Read(frame); _queue.Enqueue(frame); }", TestName = "{m}(a pool)")]
    [TestCase("var slots = new[] { new Mat(), new Mat() }; for (var i = 0; ; i++) { camera.Read(slots[i % 2]); _last = slots[i % 2]; }", TestName = "{m}(a ring)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _bytes = frame.ToBytes(); }", TestName = "{m}(bytes of its own)")]
    [TestCase("var header = Mat.FromPixelData(1, 1, MatType.CV_8UC1, Marshal.AllocHGlobal(9)); _last = header;", TestName = "{m}(a header over memory of its own)")]
    [TestCase("while (!_stop) { using var frame = camera.RetrieveMat(); var local = new Info { Frame = frame }; Use(local.Frame); }", TestName = "{m}(an object of the round)")]
    public Task Is_silent_in(string body) => Verify.ReportsAsync(InMethod(body), With4);

    [TestCase("public C(Camera camera) => camera.FrameReady += (_, frame) => _queue.Enqueue(frame.Clone());", TestName = "{m}(a clone)")]
    [TestCase("public C(Camera camera) => camera.FrameReady += (_, frame) => { using (frame) { Use(frame); } };", TestName = "{m}(a handler that disposes it)")]
    [TestCase("public C(Camera camera) => camera.FrameReady += (_, frame) => { if (_stop) { frame.Dispose(); return; } _queue.Enqueue(frame); };", TestName = "{m}(a handler that owns it)")]
    [TestCase("public event Action<Mat>? Ready; void Run(VideoCapture camera) { while (!_stop) { Ready?.Invoke(camera.RetrieveMat()); } } public C() => Ready += frame => _queue.Enqueue(frame);", TestName = "{m}(an event that gives away a new image)")]
    [TestCase("public event Action<Mat>? Ready; void OnReady(Mat m) => Ready?.Invoke(m); void Run(VideoCapture camera) { while (!_stop) { var m = new Mat(); camera.Read(m); OnReady(m); } } public C() => Ready += frame => _queue.Enqueue(frame);", TestName = "{m}(the same through a helper)")]
    [TestCase("public C(Camera camera) => camera.NewFrame += (_, e) => _queue.Enqueue(e.Copy);", TestName = "{m}(a property that makes a copy)")]
    [TestCase("public C(IObservable<Mat> frames) => frames.Subscribe(new Observer());", TestName = "{m}(an observer)")]
    [TestCase("IntPtr _user; public C(Camera camera) => camera.SetRaw((user, length) => _user = user);", TestName = "{m}(what a callback was registered with)")]
    [TestCase("public C(Camera camera) => camera.FrameReady += (_, frame) => { var all = new List<Mat>(); all.Add(frame); Use(all); };", TestName = "{m}(a list of the call)")]
    [TestCase("public void Add(Mat frame) => _queue.Enqueue(frame);", TestName = "{m}(a method that takes it over)")]
    [TestCase("public C(Camera camera) => camera.SetRaw((buffer, length) => { using var mat = Mat.FromPixelData(1, length, MatType.CV_8UC1, buffer); _queue.Enqueue(mat.Clone()); });", TestName = "{m}(a clone of a header)")]
    public Task Is_silent_on_what_a_callback_gets(string members) => Verify.ReportsAsync(InClass(members), With4);

    [TestCase("public C(Basler.Pylon.IStreamGrabber grabber) => grabber.ImageGrabbed += (_, e) => _results.Add(e.GrabResult.Clone());", TestName = "{m}(a clone of a grab result)")]
    [TestCase("void M(Basler.Pylon.IStreamGrabber grabber) { while (!_stop) { var result = grabber.RetrieveResult(500); _results.Add(result); } }", TestName = "{m}(a grab result that is handed over)")]
    [TestCase("void M(Hardening.Camera.FrameLease frame) { var lease = frame.AddLease(\"x\"); _leases.Enqueue(lease); }", TestName = "{m}(a lease of its own)")]
    [TestCase("object? _bitmap; public C(AForge.Video.IVideoSource source) => source.NewFrame += (_, e) => _bitmap = e.Frame.Clone();", TestName = "{m}(a copy of a bitmap)")]
    public Task Is_silent_on_vendors_frames(string members) => Verify.ReportsAsync(
        InClass("readonly List<Basler.Pylon.IGrabResult> _results = []; readonly Queue<Hardening.Camera.FrameLease> _leases = new(); " + members), WithVendors);

    [Test]
    public Task Events_of_this_compilation_that_lend_their_image_are_known() => Verify.ReportsAsync(
        InClass("public event Action<Mat>? Ready; void Run(VideoCapture camera) { using var m = new Mat(); while (camera.Read(m)) { Ready?.Invoke(m); } } public C() => Ready += frame => _queue.Enqueue([|frame|]);"), With4);

    [Test]
    public Task Emgu_is_known() => Verify.ReportsAsync(
        """
        using System.Collections.Generic;
        using Emgu.CV;
        class C
        {
            readonly VideoCapture _camera = new();
            readonly Mat _frame = new();
            readonly Queue<Mat> _queue = new();
            public C() => _camera.ImageGrabbed += (_, _) => { _camera.Retrieve(_frame); lock (_queue) { _queue.Enqueue([|_frame|]); } };
            void Run(Mat other) { while (_camera.Read(other)) { _queue.Enqueue([|other|]); _queue.Enqueue(_camera.QueryFrame()); } }
        }
        """, WithEmgu);

    [Test]
    public Task OpenCvSharp_5_is_known() => Verify.ReportsAsync(InMethod("var frame = new Mat(); while (camera.Read(frame)) { _queue.Enqueue([|frame|]); }"), With5);

    [Test]
    public Task Top_level_statements_are_reported() => Verify.ReportsAsync(
        """
        using System.Collections.Generic;
        using OpenCvSharp;
        var camera = new VideoCapture(0);
        var frames = new List<Mat>();
        using var frame = new Mat();
        while (camera.Read(frame)) { frames.Add([|frame|]); }
        """, With4);

    [Test]
    public Task The_store_may_be_in_another_part_of_the_type() => Verify.ReportsAsync(
        """
        using OpenCvSharp;
        partial class C { void Run(VideoCapture camera) { var frame = new Mat(); while (camera.Read(frame)) { Keep([|frame|]); } } }
        // === Other.cs ===
        using OpenCvSharp;
        partial class C { readonly System.Collections.Generic.Queue<Mat> _queue = new(); void Keep(Mat frame) { if (frame.Rows > 0) { _queue.Enqueue(frame); } } }
        """, With4);

    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _queue.Enqueue([|frame|]); }", "'M' keeps 'frame' in '_queue', but 'camera.Read' fills the same memory again in the next round: keep a copy")]
    [TestCase("while (!_stop) { using var frame = camera.RetrieveMat(); _frames.Writer.TryWrite([|frame|]); }", "'M' keeps 'frame' in '_frames', but 'using' disposes 'frame' at the end of its block: keep a copy")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { Task.Run(() => Use([|frame|])); }", "'M' gives 'frame' to 'Task.Run', but 'camera.Read' fills the same memory again in the next round: keep a copy")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { Keep([|frame|]); }", "'M' gives 'frame' to 'Keep', which keeps it, but 'camera.Read' fills the same memory again in the next round: keep a copy")]
    public Task Message_says_who_keeps_what(string body, string message) => Verify.ReportsAsync(InMethod(body), With4, message);

    [Test]
    public Task Message_says_who_lends_it() => Verify.ReportsAsync(
        InClass("public C(Camera camera) => camera.FrameReady += (_, frame) => _queue.Enqueue([|frame|]);"), With4,
        "'C' keeps 'frame' in '_queue', but it belongs to whoever raises 'FrameReady', and is used again after the call: keep a copy");

    [TestCase("readonly Channel<Mat> _all = {|HRD4008:Channel.CreateUnbounded<Mat>|}(); void Run(VideoCapture camera) { using var frame = new Mat(); while (camera.Read(frame)) { _all.Writer.TryWrite({|HRD4005:frame|}); } }", TestName = "{m}(one image in a queue without a bound)")]
    [TestCase("void Run(VideoCapture camera) { using var frame = new Mat(); while (camera.Read(frame)) { {|HRD2002:Task.Run|}(() => Use({|HRD4005:frame|})); } }", TestName = "{m}(one image in a task per frame)")]
    [TestCase("void Run(VideoCapture camera) { while (!_stop) { using var frame = new Mat(); if (camera.Read(frame)) { _frames.Writer.TryWrite({|HRD4005:frame|}); } else { return; } } }", TestName = "{m}(an image that is disposed)")]
    public Task One_mistake_is_one_diagnostic(string members) => AllRules.ReportsAsync(InClass(members), With4);

    [Test]
    public Task Fix_keeps_a_clone() => Verify.FixesAllAsync(
        InMethod("""

                using var frame = new Mat();
                while (camera.Read(frame))
                {
                    // the newest
                    _last = [|frame|]; // for the preview
                    _queue.Enqueue(/* all */ [|frame|] /* of them */);
                    _pairs.Writer.TryWrite(([|frame|], 1));
                    _queue.Enqueue([|frame[roi]|]);
                    Keep([|frame|]);
                }
        """),
        InMethod("""

                using var frame = new Mat();
                while (camera.Read(frame))
                {
                    // the newest
                    _last = frame.Clone(); // for the preview
                    _queue.Enqueue(/* all */ frame.Clone() /* of them */);
                    _pairs.Writer.TryWrite((frame.Clone(), 1));
                    _queue.Enqueue(frame[roi].Clone());
                    Keep(frame.Clone());
                }
        """), setup: With4);

    [TestCase("public C(Camera camera) => camera.NewFrame += (_, e) => _queue.Enqueue([|e.Frame|]);", "public C(Camera camera) => camera.NewFrame += (_, e) => _queue.Enqueue(e.Frame.Clone());", TestName = "{m}(of an event's data)")]
    [TestCase("public C(Camera camera) => camera.SetRaw((buffer, length) => _queue.Enqueue([|Mat.FromPixelData(1, length, MatType.CV_8UC1, buffer)|]));", "public C(Camera camera) => camera.SetRaw((buffer, length) => _queue.Enqueue(Mat.FromPixelData(1, length, MatType.CV_8UC1, buffer).Clone()));", TestName = "{m}(of a header)")]
    [TestCase("readonly List<Basler.Pylon.IGrabResult> _results = []; public C(Basler.Pylon.IStreamGrabber grabber) => grabber.ImageGrabbed += (_, e) => _results.Add([|e.GrabResult|]);", "readonly List<Basler.Pylon.IGrabResult> _results = []; public C(Basler.Pylon.IStreamGrabber grabber) => grabber.ImageGrabbed += (_, e) => _results.Add(e.GrabResult.Clone());", TestName = "{m}(of a grab result)")]
    [TestCase("AForge.Bitmap? _bitmap; public C(AForge.Video.IVideoSource source) => source.NewFrame += (_, e) => _bitmap = [|e.Frame|];", "AForge.Bitmap? _bitmap; public C(AForge.Video.IVideoSource source) => source.NewFrame += (_, e) => _bitmap = (AForge.Bitmap)e.Frame.Clone();", TestName = "{m}(of a bitmap)")]
    public Task Fix_keeps_a_clone(string before, string after) => Verify.FixesAsync(InClass(before), InClass(after), setup: WithVendors);

    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { Task.Run(() => Use([|frame|])); }", TestName = "{m}(a task uses it)")]
    [TestCase("var frame = new Mat(); while (camera.Read(frame)) { _address = [|frame.Data|]; }", TestName = "{m}(an address is kept)")]
    public Task Fix_is_not_offered_where(string body) => Verify.OffersNoFixAsync(InMethod(body), setup: With4);

    private static string InMethod(string body) => InClass($"void M(VideoCapture camera, Rect roi) {{ {body} }}");

    private static string InClass(string members) =>
        $$"""
        using System;
        using System.Collections.Concurrent;
        using System.Collections.Generic;
        using System.Runtime.InteropServices;
        using System.Threading;
        using System.Threading.Channels;
        using System.Threading.Tasks;
        using OpenCvSharp;

        public sealed record Shot(int Number, Mat Frame);
        public sealed class Job { private readonly Mat _frame; public Job(Mat frame) => _frame = frame; public int Rows => _frame.Rows; }
        public sealed class Info { public Mat? Frame { get; set; } }
        public sealed class NewFrameArgs(Mat frame) : EventArgs { public Mat Frame { get; } = frame; public Mat Copy => frame.Clone(); }
        public delegate void FrameCallback(IntPtr buffer, int length);
        public class Camera
        {
            public event EventHandler<Mat>? FrameReady;
            public event EventHandler<NewFrameArgs>? NewFrame;
            public void RegisterFrameCallback(Action<Mat> callback) { }
            public void SetRaw(FrameCallback callback) { }
            protected void Raise(Mat m) { FrameReady?.Invoke(this, m); NewFrame?.Invoke(this, new NewFrameArgs(m)); }
        }
        public sealed class Observer : IObserver<Mat> { public void OnCompleted() { } public void OnError(Exception e) { } public void OnNext(Mat m) { } }

        public sealed class C
        {
            volatile bool _stop;
            Mat? _last;
            IntPtr _address;
            byte[]? _bytes;
            readonly Rect roi;
            readonly Mat _frame = new();
            readonly Mat[] _ring = new Mat[8];
            readonly List<Mat> _list = [];
            readonly ConcurrentQueue<Mat> _queue = new();
            readonly ConcurrentBag<Mat> _free = new();
            readonly ConcurrentQueue<Shot> _shots = new();
            readonly ConcurrentQueue<Job> _jobs = new();
            readonly ConcurrentQueue<Info> _infos = new();
            readonly ConcurrentDictionary<string, Mat> _byCamera = new();
            readonly Channel<Mat> _frames = Channel.CreateBounded<Mat>(4);
            readonly Channel<(Mat, int)> _pairs = Channel.CreateBounded<(Mat, int)>(4);
            public Mat? Last { get; private set; }
            static void Use(Mat? m) { }
            static void Use(List<Mat> m) { }
            static void Work(object? state) { }
            void Keep(Mat m) { lock (_list) { _list.Add(m); } }
            void Pass(Mat m) => Keep(m);
            void KeepCopy(Mat m) => _queue.Enqueue(m.Clone());

            {{members}}
        }
        """;

    private const string VendorDeclarations =
        """
        using System;
        namespace Basler.Pylon
        {
            public interface IImage { object PixelData { get; } }
            public interface IGrabResult : IDisposable, IImage { IntPtr PixelDataPointer { get; } IGrabResult Clone(); }
            public class ImageGrabbedEventArgs : EventArgs { public IGrabResult GrabResult => null!; public ImageGrabbedEventArgs Clone() => this; }
            public interface IStreamGrabber { event EventHandler<ImageGrabbedEventArgs> ImageGrabbed; IGrabResult RetrieveResult(int timeout); }
        }
        namespace SpinnakerNET
        {
            public interface IManagedImage : IDisposable { IntPtr DataPtr { get; } void Release(); }
            public class ManagedImage : IManagedImage { public IntPtr DataPtr => default; public void Release() { } public void Dispose() { } }
            public interface IManagedCamera { IManagedImage GetNextImage(); }
            public abstract class ManagedImageEventHandler { protected virtual void OnImageEvent(ManagedImage image) { } }
        }
        namespace AForge { public class Bitmap : ICloneable { public object Clone() => this; } }
        namespace AForge.Video
        {
            public delegate void NewFrameEventHandler(object sender, NewFrameEventArgs eventArgs);
            public class NewFrameEventArgs : EventArgs { public Bitmap Frame => null!; }
            public interface IVideoSource { event NewFrameEventHandler NewFrame; }
        }
        namespace Hardening.Camera
        {
            public readonly struct FrameLease : IDisposable
            {
                public FrameLease AddLease(string holder) => this;
                public ReadOnlyMemory<byte> Memory => default;
                public void Dispose() { }
            }
        }
        """;
}
