using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Camera.HRD4008UnboundedFrameQueueAnalyzer, Hardening.Analyzers.Camera.HRD4008UnboundedFrameQueueCodeFix>;

namespace Hardening.Analyzers.Tests.Camera;

public sealed class HRD4008UnboundedFrameQueueTests
{
    private const string Drop = "Hold at most 4, and drop and dispose the oldest frame while it is full";
    private const string Wait = "Hold at most 4: writers wait while it is full";
    private const string Channel = "Put a channel in its place that holds at most 4, and drop and dispose the oldest frame while it is full";

    private static readonly Setup With4 = new() { Sources = [OpenCvDeclarations.OpenCvSharp4] };
    private static readonly Setup WithEmgu = new() { Sources = [OpenCvDeclarations.Emgu] };

    private const string Grab = " public void Put(Mat m) => _q.Enqueue(m);";
    private const string Run = " void Run() { while (!_stop) { if (_q.TryDequeue(out var m)) { Use(m); } } }";

    [TestCase("readonly Channel<Mat> _c = [|Channel.CreateUnbounded<Mat>|]();", TestName = "{m}(a channel)")]
    [TestCase("readonly Channel<Mat> _c = [|Channel.CreateUnbounded<Mat>|](new UnboundedChannelOptions { SingleReader = true });", TestName = "{m}(a channel with options)")]
    [TestCase("readonly Channel<(Mat Frame, long At)> _c = [|Channel.CreateUnbounded<(Mat Frame, long At)>|]();", TestName = "{m}(a channel of tuples)")]
    [TestCase("record Shot(string Camera, Mat Frame); readonly Channel<Shot> _c = [|Channel.CreateUnbounded<Shot>|]();", TestName = "{m}(a channel of records)")]
    [TestCase("readonly record struct Shot(Mat Frame); record Job(Shot Shot, int Number); readonly Channel<Job> _c = [|Channel.CreateUnbounded<Job>|]();", TestName = "{m}(a record in a record)")]
    [TestCase("sealed class Shot { private readonly Mat _frame; public Shot(Mat frame) => _frame = frame; } readonly Channel<Shot> _c = [|Channel.CreateUnbounded<Shot>|]();", TestName = "{m}(a class that is given its image)")]
    [TestCase("sealed class Shot { public Mat? Frame { get; init; } } readonly Channel<Shot> _c = [|Channel.CreateUnbounded<Shot>|]();", TestName = "{m}(a class with a property)")]
    [TestCase("readonly Channel<Mat[]> _c = [|Channel.CreateUnbounded<Mat[]>|]();", TestName = "{m}(a channel of sets of images)")]
    [TestCase("readonly Channel<Dictionary<string, Mat>> _c = [|Channel.CreateUnbounded<Dictionary<string, Mat>>|]();", TestName = "{m}(a channel of dictionaries)")]
    [TestCase("Channel<T> Make<T>() where T : Mat => [|Channel.CreateUnbounded<T>|]();", TestName = "{m}(a generic method)")]
    [TestCase("readonly BlockingCollection<Mat> _b = [|new BlockingCollection<Mat>|]();", TestName = "{m}(a blocking collection)")]
    [TestCase("readonly BlockingCollection<Mat> _b = [|new|](new ConcurrentStack<Mat>());", TestName = "{m}(a blocking collection over another)")]
    [TestCase("readonly BufferBlock<Mat> _b = [|new|]();", TestName = "{m}(a buffer block)")]
    [TestCase("readonly TransformBlock<Mat, int> _b = [|new TransformBlock<Mat, int>|](m => m.Rows, new ExecutionDataflowBlockOptions { MaxDegreeOfParallelism = 4 });", TestName = "{m}(a transform block)")]
    [TestCase("readonly TransformBlock<string, Mat> _b = [|new|](path => Cv2.ImRead(path));", TestName = "{m}(a block that makes images)")]
    [TestCase("async IAsyncEnumerable<int> M() { var c = [|Channel.CreateUnbounded<Mat>|](); await foreach (var m in c.Reader.ReadAllAsync()) { yield return m.Rows; } }", TestName = "{m}(an async iterator)")]
    [TestCase("readonly Func<Channel<Mat>> _make = static () => [|Channel.CreateUnbounded<Mat>|]();", TestName = "{m}(a lambda)")]
    [TestCase("void M() { Local(); void Local() { using var b = [|new BlockingCollection<Mat?>|](); b.Add(null); } }", TestName = "{m}(a local function and a using)")]
    [TestCase("private readonly ConcurrentQueue<Mat> [|_q|] = new();" + Grab + Run, TestName = "{m}(a queue that a loop polls)")]
    [TestCase("private ConcurrentQueue<(Mat, int)>? [|_q|]; public void Put(Mat m) => _q?.Enqueue((m, 1)); void Run() { _q = new(); while (!_stop) { if (_q.TryDequeue(out var m)) { Use(m.Item1); } } }", TestName = "{m}(a nullable queue of tuples)")]
    [TestCase("private readonly ConcurrentQueue<Mat> [|_q|] = new(); public int Waiting => _q.Count;" + Grab + Run, TestName = "{m}(a queue that tells its length)")]
    [TestCase("private readonly ConcurrentQueue<Mat> [|_q|] = new(); class Reader(C c) { void Run() { while (true) { if (c._q.TryDequeue(out var m)) { c.Use(m); } } } }" + Grab, TestName = "{m}(a nested type that reads)")]
    [TestCase("internal ConcurrentQueue<Mat> [|_q|] { get; } = [];" + Grab + Run, TestName = "{m}(a property)")]
    [TestCase("private readonly ConcurrentQueue<Mat> [|_q|] = new(); void Start(VideoCapture camera) { new Thread(() => { while (!_stop) { var m = new Mat(); camera.Read(m); _q.Enqueue(m); } }).Start(); Task.Run(() => { while (!_stop) { if (_q.TryDequeue(out var m)) { Use(m); } } }); }", TestName = "{m}(two threads that one member starts)")]
    [TestCase("private readonly ConcurrentQueue<Mat> [|_q|] = new();" + Grab + " Timer Start() => new(_ => { if (_q.TryDequeue(out var m)) { Use(m); } }, null, 0, 40);", TestName = "{m}(a timer that takes one at a time)")]
    [TestCase("private readonly ConcurrentBag<Mat> [|_q|] = new(); public void Put(Mat m) => _q.Add(m); void Run() { while (!_stop) { if (_q.TryTake(out var m)) { Use(m); } } }", TestName = "{m}(a bag)")]
    [TestCase("private readonly Queue<Mat> [|_q|] = new(); public void Put(Mat m) { lock (_q) { _q.Enqueue(m); Monitor.Pulse(_q); } } void Run() { while (!_stop) { Mat m; lock (_q) { while (_q.Count == 0) { Monitor.Wait(_q); } m = _q.Dequeue(); } Use(m); } }", TestName = "{m}(a queue under a lock)")]
    [TestCase("private readonly List<Mat> [|_list|] = []; public void Put(Mat m) { lock (_list) { _list.Add(m); } } void Run() { while (!_stop) { Mat? m = null; lock (_list) { if (_list.Count > 0) { m = _list[0]; _list.RemoveAt(0); } } if (m != null) { Use(m); } } }", TestName = "{m}(a list under a lock)")]
    [TestCase("void M(VideoCapture camera) { var [|queue|] = new ConcurrentQueue<Mat>(); var reader = Task.Run(() => { while (!_stop) { if (queue.TryDequeue(out var m)) { Use(m); } } }); while (!_stop) { var m = new Mat(); camera.Read(m); queue.Enqueue(m); } reader.Wait(); }", TestName = "{m}(a local that a task drains)")]
    [TestCase("void M(VideoCapture camera) { Queue<Mat> [|queue|] = new(); new Thread(Show).Start(); while (!_stop) { var m = camera.RetrieveMat(); lock (queue) { queue.Enqueue(m); } } void Show() { while (!_stop) { lock (queue) { if (queue.Count > 0) { Use(queue.Dequeue()); } } } } }", TestName = "{m}(a local that a thread drains)")]
    [TestCase("private readonly List<Mat> [|_seen|] = []; void Run(VideoCapture camera) { using var frame = new Mat(); while (camera.Read(frame)) { _seen.Add(frame.Clone()); } }", TestName = "{m}(a list that only grows)")]
    [TestCase("private readonly List<(Mat, DateTime)> [|_seen|] = []; void Run(VideoCapture camera) { while (!_stop) { var frame = new Mat(); if (camera.Read(frame)) { _seen.Add((frame, DateTime.Now)); } } } public void Dispose() { _seen.ForEach(s => s.Item1.Dispose()); _seen.Clear(); }", TestName = "{m}(a list that is emptied at the end)")]
    [TestCase("private readonly Queue<Mat> [|_q|] = new(); void Run(VideoCapture camera) { using var frame = new Mat(); while (camera.Read(frame)) { lock (_q) { _q.Enqueue(frame.Clone()); } } } bool TryTake(out Mat? m) { lock (_q) { return _q.TryDequeue(out m); } }", TestName = "{m}(a queue behind a method that takes one)")]
    public Task Reports(string member) => Verify.ReportsAsync(Member(member), With4);

    [TestCase("readonly Channel<Mat> _c = Channel.CreateBounded<Mat>(8);", TestName = "{m}(a bounded channel)")]
    [TestCase("readonly Channel<byte[]> _c = Channel.CreateUnbounded<byte[]>();", TestName = "{m}(a channel of arrays, which HRD2004 reports)")]
    [TestCase("readonly Channel<Action<Mat>> _c = Channel.CreateUnbounded<Action<Mat>>();", TestName = "{m}(a channel of functions)")]
    [TestCase("readonly BlockingCollection<Mat> _b = new(8);", TestName = "{m}(a bounded collection)")]
    [TestCase("readonly BufferBlock<Mat> _b = new(new DataflowBlockOptions { BoundedCapacity = 8 });", TestName = "{m}(a bounded block)")]
    [TestCase("readonly BroadcastBlock<Mat> _b = new(m => m.Clone());", TestName = "{m}(a block of one item)")]
    [TestCase("sealed class Worker { private readonly Mat _scratch = new(); public int Rows => _scratch.Rows; } readonly Channel<Worker> _c = Channel.CreateUnbounded<Worker>();", TestName = "{m}(a class with an image for itself, which HRD2004 reports)")]
    [TestCase("private readonly ConcurrentQueue<Mat> _q = new(); public void Put(Mat m) { _q.Enqueue(m); while (_q.Count > 8) { if (_q.TryDequeue(out var old)) { old.Dispose(); } } }" + Run, TestName = "{m}(a queue that drops the oldest)")]
    [TestCase("private readonly ConcurrentQueue<Mat> _q = new(); public void Put(Mat m) { if (_q.Count < 8) { _q.Enqueue(m); } else { m.Dispose(); } }" + Run, TestName = "{m}(a queue that is bounded by hand)")]
    [TestCase("private readonly ConcurrentQueue<Mat> _q = new(); public void Put(Mat m) { _slots.Wait(); _q.Enqueue(m); } void Run() { while (!_stop) { if (_q.TryDequeue(out var m)) { Use(m); _slots.Release(); } } }", TestName = "{m}(a queue behind a semaphore)")]
    [TestCase("private readonly ConcurrentQueue<Mat> _q = new(); Mat Rent() => _q.TryDequeue(out var m) ? m : new Mat(); void Return(Mat m) => _q.Enqueue(m); void Grab(VideoCapture c) { while (!_stop) { var m = Rent(); c.Read(m); Return(m); } }", TestName = "{m}(a pool)")]
    [TestCase("private readonly ConcurrentQueue<Mat> _q = new(); void Return(Mat m) => _q.Enqueue(m); void Grab(VideoCapture c) { while (!_stop) { if (!_q.TryDequeue(out var m)) { m = new Mat(); } c.Read(m); Use(m); } }", TestName = "{m}(images that the camera fills again)")]
    [TestCase("private readonly Queue<Mat> _q = new(); public void Put(Mat m) => _q.Enqueue(m); public void Drain() { while (_q.Count > 0) { Use(_q.Dequeue()); } }", TestName = "{m}(a queue of one thread)")]
    [TestCase("private readonly List<Mat> _list = []; public void Put(Mat m) { lock (_list) { _list.Add(m); } } void Show() { lock (_list) { foreach (var m in _list) { Use(m); } } }", TestName = "{m}(a list that nobody drains)")]
    [TestCase("void M(VideoCapture camera) { var queue = new Queue<Mat>(); for (var i = 0; i < 9; i++) { queue.Enqueue(camera.RetrieveMat()); } while (queue.Count > 0) { Use(queue.Dequeue()); } }", TestName = "{m}(a local of one thread)")]
    [TestCase("void M(Mat[] all) { var queue = new ConcurrentQueue<Mat>(); foreach (var m in all) { queue.Enqueue(m); } Parallel.For(0, 4, _ => { while (queue.TryDequeue(out var m)) { Use(m); } }); }", TestName = "{m}(a list of work that is known)")]
    [TestCase("private readonly ConcurrentQueue<Mat> _q = new(); void Run() => Drain(_q); void Drain(ConcurrentQueue<Mat> q) { while (q.TryDequeue(out var m)) { Use(m); } }" + Grab, TestName = "{m}(a queue that is handed on)")]
    [TestCase("private readonly ConcurrentQueue<Mat> _q = new(); public void Dispose() { while (_q.TryDequeue(out var m)) { m.Dispose(); } }" + Grab, TestName = "{m}(a queue that is only cleaned up)")]
    [TestCase("private readonly List<Mat> _seen = []; void Run(VideoCapture camera) { using var frame = new Mat(); while (camera.Read(frame)) { _seen.Add(frame.Clone()); if (_seen.Count > 9) { _seen[0].Dispose(); _seen.RemoveAt(0); } } }", TestName = "{m}(a list that forgets)")]
    [TestCase("private readonly List<Mat> _seen = []; void Run(VideoCapture camera) { for (var i = 0; i < 9; i++) { _seen.Add(new Mat()); } using var frame = new Mat(); while (camera.Read(frame)) { Use(frame); } }", TestName = "{m}(a list that is filled before)")]
    [TestCase("private readonly List<Mat> _seen = []; void Run(VideoCapture camera) { using var frame = new Mat(); while (camera.Read(frame)) { _seen.Add(frame.Clone()); } } void NextPart() { _seen.ForEach(m => m.Dispose()); _seen.Clear(); }", TestName = "{m}(a list that is emptied again and again)")]
    public Task Is_silent_on(string member) => Verify.ReportsAsync(Member(member), With4);

    [Test]
    public Task Emgu_images_are_known() => Verify.ReportsAsync(
        "using System.Threading.Channels; using Emgu.CV; using Emgu.CV.Structure; class C { object A() => [|Channel.CreateUnbounded<Mat>|](); object B() => [|Channel.CreateUnbounded<Image<Bgr, byte>>|](); }", WithEmgu);

    [Test]
    public Task Without_a_library_of_images_nothing_is_reported() => Verify.ReportsAsync("using System.Threading.Channels; class Mat { } class C { object A() => Channel.CreateUnbounded<Mat>(); }");

    [Test]
    public Task Top_level_statements_are_reported() => Verify.ReportsAsync(
        """
        using System.Collections.Concurrent;
        using System.Threading.Channels;
        using System.Threading.Tasks;
        using OpenCvSharp;
        var frames = [|Channel.CreateUnbounded<Mat>|]();
        var [|queue|] = new ConcurrentQueue<Mat>();
        var camera = new VideoCapture(0);
        _ = Task.Run(() => { while (true) { if (queue.TryDequeue(out var m)) { Cv2.ImShow("x", m); } } });
        while (true) { var m = new Mat(); camera.Read(m); queue.Enqueue(m); }
        """, With4);

    [Test]
    public Task Writer_and_reader_may_be_in_two_documents() => Verify.ReportsAsync(
        """
        using System.Collections.Concurrent;
        using OpenCvSharp;
        partial class C { private readonly ConcurrentQueue<Mat> [|_q|] = new(); public void Put(Mat m) => _q.Enqueue(m); }
        class Shared { public readonly ConcurrentQueue<Mat> [|Frames|] = new(); }
        // === Other.cs ===
        partial class C { void Run(Shared s) { while (true) { if (_q.TryDequeue(out var m)) { m.Dispose(); } if (s.Frames.TryDequeue(out m)) { m.Dispose(); } } } }
        // === Third.cs ===
        class Third { void Run(Shared s, OpenCvSharp.VideoCapture c) { while (true) { var m = c.RetrieveMat(); s.Frames.Enqueue(m); } } }
        """, With4);

    [TestCase("Channel<Mat> M() => {|HRD4008:Channel.CreateUnbounded<Mat>|}();")]
    [TestCase("Channel<byte[]> M() => {|HRD2004:Channel.CreateUnbounded<byte[]>|}();")]
    [TestCase("BlockingCollection<(Mat, int)> M() => {|HRD4008:new|}();")]
    [TestCase("object M() => {|HRD4008:new BufferBlock<Mat>|}();")]
    [TestCase("private readonly ConcurrentQueue<Mat> {|HRD4008:_q|} = new();" + Grab + Run)]
    [TestCase("private readonly ConcurrentQueue<string> {|HRD2004:_q|} = new(); public void Put(string s) => _q.Enqueue(s); void Run() { while (!_stop) { if (_q.TryDequeue(out var s)) { _ = s.Length; } } }")]
    public Task One_rule_speaks_about_a_queue(string member) => AllRules.ReportsAsync(Member(member), With4);

    [Test]
    public Task Message_names_the_queue() => Verify.ReportsAsync(
        Member("readonly Channel<Mat> _c = [|Channel.CreateUnbounded<Mat>|]();"), With4,
        "'Channel<Mat>' holds frames without a bound: while its reader is slower than the camera, each round keeps one more image, which the garbage collector does not see");

    [Test]
    public Task Fix_bounds_a_channel_and_disposes_what_it_drops() => Verify.FixesAsync(
        Member("""
            // Frames.
            readonly Channel<Mat> _c = /* wide */ [|Channel.CreateUnbounded<Mat>|](); // from the camera
        """),
        Member("""
            // Frames.
            readonly Channel<Mat> _c = /* wide */ Channel.CreateBounded<Mat>(new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest }, static dropped => dropped.Dispose()); // from the camera
        """), Drop, With4);

    [TestCase("Mat?", "static dropped => dropped?.Dispose()")]
    [TestCase("(Mat Frame, long At)", "static dropped => dropped.Frame.Dispose()")]
    [TestCase("(Mat, Mat)", "static dropped => { dropped.Item1.Dispose(); dropped.Item2.Dispose(); }")]
    [TestCase("Shot", "static dropped => dropped.Frame.Dispose()")]
    [TestCase("Job", "static dropped => dropped.Frame?.Dispose()")]
    [TestCase("Owner", "static dropped => dropped.Dispose()")]
    public Task Fix_disposes_the_images_of_what_it_drops(string element, string drop) => Verify.FixesAsync(
        Types($"readonly Channel<{element}> _c = [|Channel.CreateUnbounded<{element}>|]();"),
        Types($"readonly Channel<{element}> _c = Channel.CreateBounded<{element}>(new BoundedChannelOptions(4) {{ FullMode = BoundedChannelFullMode.DropOldest }}, {drop});"),
        Drop, With4);

    [Test]
    public Task Fix_keeps_the_options_of_a_channel() => Verify.FixesAsync(
        Member("""
            readonly Channel<Mat> _c = [|Channel.CreateUnbounded<Mat>|](new()
            {
                SingleReader = true, // the writer of the file
            });
        """),
        Member("""
            readonly Channel<Mat> _c = Channel.CreateBounded<Mat>(new BoundedChannelOptions(4)
            {
                SingleReader = true, // the writer of the file
                FullMode = BoundedChannelFullMode.DropOldest,
            }, static dropped => dropped.Dispose());
        """), Drop, With4);

    [TestCase("readonly Channel<Mat> _c = [|Channel.CreateUnbounded<Mat>|]();", "readonly Channel<Mat> _c = Channel.CreateBounded<Mat>(new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.Wait });")]
    [TestCase("readonly BlockingCollection<Mat> _b = [|new|]();", "readonly BlockingCollection<Mat> _b = new(boundedCapacity: 4);")]
    [TestCase("readonly BufferBlock<Mat> _b = [|new BufferBlock<Mat>|]();", "readonly BufferBlock<Mat> _b = new BufferBlock<Mat>(new DataflowBlockOptions { BoundedCapacity = 4 });")]
    public Task Fix_that_waits_says_so(string before, string after) => Verify.FixesAsync(Member(before), Member(after), Wait, With4);

    [Test]
    public Task Fix_puts_a_channel_in_the_place_of_a_queue() => Verify.FixesAllAsync(
        Member("""
            // Frames.
            private readonly ConcurrentQueue<Mat> [|_q|] = new(); // from the camera
            private readonly ConcurrentQueue<(Mat Frame, int N)> [|_pairs|] = new ConcurrentQueue<(Mat Frame, int N)>();

            public int Waiting => _q.Count;

            public void Put(Mat m) => _q.Enqueue(m);

            public void Put(Mat m, int n)
            {
                this._pairs.Enqueue((m, n)); // both
            }

            void Run()
            {
                while (!_stop)
                {
                    // the next
                    if (_q.TryDequeue(out var m) /* if any */) { Use(m); }
                    while (_pairs.TryDequeue(out var pair)) { Use(pair.Frame); }
                }
            }
        """),
        Member("""
            // Frames.
            private readonly Channel<Mat> _q = Channel.CreateBounded<Mat>(new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest }, static dropped => dropped.Dispose()); // from the camera
            private readonly Channel<(Mat Frame, int N)> _pairs = Channel.CreateBounded<(Mat Frame, int N)>(new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest }, static dropped => dropped.Frame.Dispose());

            public int Waiting => _q.Reader.Count;

            public void Put(Mat m) => _q.Writer.TryWrite(m);

            public void Put(Mat m, int n)
            {
                this._pairs.Writer.TryWrite((m, n)); // both
            }

            void Run()
            {
                while (!_stop)
                {
                    // the next
                    if (_q.Reader.TryRead(out var m) /* if any */) { Use(m); }
                    while (_pairs.Reader.TryRead(out var pair)) { Use(pair.Frame); }
                }
            }
        """), Channel, With4);

    [Test]
    public Task Fix_puts_a_channel_in_the_place_of_a_local() => Verify.FixesAsync(
        Member("void M(VideoCapture camera) { var [|queue|] = new ConcurrentQueue<Mat>(); Task.Run(() => { while (!_stop) { if (queue.TryDequeue(out var m)) { Use(m); } } }); while (!_stop) { var m = new Mat(); camera.Read(m); queue.Enqueue(m); } }"),
        Member("void M(VideoCapture camera) { var queue = Channel.CreateBounded<Mat>(new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest }, static dropped => dropped.Dispose()); Task.Run(() => { while (!_stop) { if (queue.Reader.TryRead(out var m)) { Use(m); } } }); while (!_stop) { var m = new Mat(); camera.Read(m); queue.Writer.TryWrite(m); } }"),
        Channel, With4);

    [Test]
    public Task Fix_all_bounds_every_channel() => Verify.FixesAllAsync(
        Member("""
            readonly Channel<Mat> _c = [|Channel.CreateUnbounded<Mat>|](); // one
            readonly Channel<(Mat Frame, int N)> _d = [|Channel.CreateUnbounded<(Mat Frame, int N)>|](); // two
            readonly BlockingCollection<Mat> _b = [|new|]();
        """),
        Member("""
            readonly Channel<Mat> _c = Channel.CreateBounded<Mat>(new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest }, static dropped => dropped.Dispose()); // one
            readonly Channel<(Mat Frame, int N)> _d = Channel.CreateBounded<(Mat Frame, int N)>(new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest }, static dropped => dropped.Frame.Dispose()); // two
            readonly BlockingCollection<Mat> _b = [|new|]();
        """), Drop, With4);

    [TestCase("HRD4008.capacity_hint = 8", "8")]
    [TestCase("HRD4008.capacity_hint = 0", "4")]
    [TestCase("HRD4008.capacity_hint = 10001", "4")]
    [TestCase("HRD4008.capacity_hint = many", "4")]
    public Task Fix_writes_the_capacity_that_is_set(string options, string capacity) => Verify.FixesAsync(
        Member("readonly BlockingCollection<Mat> _b = [|new|]();"),
        Member($"readonly BlockingCollection<Mat> _b = new(boundedCapacity: {capacity});"),
        setup: With4 with { Options = options });

    [TestCase("Channel<Mat> Make(UnboundedChannelOptions options) => [|Channel.CreateUnbounded<Mat>|](options);", TestName = "{m}(the options come from elsewhere)")]
    [TestCase("readonly Channel<Mat[]> _c = [|Channel.CreateUnbounded<Mat[]>|](); void Put(Mat[] all) => _c.Writer.TryWrite(all);", TestName = "{m}(the images are in an array)")]
    [TestCase("readonly BlockingCollection<Mat> _b = [|new|](); void Put(Mat m) => _b.TryAdd(m);", TestName = "{m}(an image that was not added is not noticed)")]
    [TestCase("private readonly Queue<Mat> [|_q|] = new(); public void Put(Mat m) { lock (_q) { _q.Enqueue(m); } } void Run() { while (!_stop) { lock (_q) { if (_q.Count > 0) { Use(_q.Dequeue()); } } } }", TestName = "{m}(a queue under a lock)")]
    [TestCase("private readonly ConcurrentQueue<Mat> [|_q|] = new(); Mat[] All() => _q.ToArray();" + Grab + Run, TestName = "{m}(a use that a channel does not have)")]
    [TestCase("private readonly ConcurrentQueue<Mat> [|_q|]; C() { _q = new(); }" + Grab + Run, TestName = "{m}(a queue that is made elsewhere)")]
    [TestCase("internal readonly ConcurrentQueue<Mat> [|_q|] = new();" + Grab + Run, TestName = "{m}(a queue that other types see)")]
    public Task Fix_is_not_offered_where(string member) => Verify.OffersNoFixAsync(Member(member), setup: With4);

    private static string Types(string member) =>
        Member(member + " sealed record Shot(string Camera, Mat Frame); sealed class Job { public Mat? Frame; public int Number; } sealed class Owner : IDisposable { public Mat Frame = new(); public void Dispose() => Frame.Dispose(); }");

    private static string Member(string member) =>
        $$"""
        using System;
        using System.Collections.Concurrent;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Channels;
        using System.Threading.Tasks;
        using System.Threading.Tasks.Dataflow;
        using OpenCvSharp;

        class C
        {
            volatile bool _stop;
            readonly SemaphoreSlim _slots = new(8);
            void Use(Mat m) => m.Dispose();

        {{member}}
        }
        """;
}
