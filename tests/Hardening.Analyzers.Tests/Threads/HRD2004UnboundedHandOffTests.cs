using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Threads.HRD2004UnboundedHandOffAnalyzer, Hardening.Analyzers.Threads.HRD2004UnboundedHandOffCodeFix>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2004UnboundedHandOffTests
{
    private const string Wait = "Hold at most 64: writers wait while it is full";

    [TestCase("readonly Channel<int> _c = [|Channel.CreateUnbounded<int>|]();", TestName = "{m}(a channel)")]
    [TestCase("readonly Channel<string?> _c = [|Channel.CreateUnbounded<string?>|](new UnboundedChannelOptions { SingleReader = true });", TestName = "{m}(a channel with options)")]
    [TestCase("readonly Channel<int> _c = [|Channel.CreateUnboundedPrioritized<int>|]();", TestName = "{m}(a prioritized channel)")]
    [TestCase("Channel<T> Make<T>() => [|Channel.CreateUnbounded<T>|]();", TestName = "{m}(a generic method)")]
    [TestCase("async IAsyncEnumerable<int> M() { var c = [|Channel.CreateUnbounded<int>|](); await foreach (var i in c.Reader.ReadAllAsync()) { yield return i; } }", TestName = "{m}(an async iterator)")]
    [TestCase("readonly Func<Channel<int>> _make = () => [|Channel.CreateUnbounded<int>|]();", TestName = "{m}(a lambda)")]
    [TestCase("void M() { Local(); void Local() { _ = [|Channel.CreateUnbounded<int>|](); } }", TestName = "{m}(a local function)")]
    [TestCase("readonly BlockingCollection<int> _q = [|new BlockingCollection<int>|]();", TestName = "{m}(a blocking collection)")]
    [TestCase("readonly BlockingCollection<int> _q = [|new|]();", TestName = "{m}(a target-typed new)")]
    [TestCase("readonly BlockingCollection<int> _q = [|new BlockingCollection<int>|](new ConcurrentBag<int>());", TestName = "{m}(a blocking collection over another)")]
    [TestCase("void M() { using var q = [|new BlockingCollection<int>|](); q.Add(1); }", TestName = "{m}(a using)")]
    [TestCase("readonly BufferBlock<int> _b = [|new BufferBlock<int>|]();", TestName = "{m}(a buffer block)")]
    [TestCase("readonly ActionBlock<int> _b = [|new ActionBlock<int>|](async i => await Task.Delay(i));", TestName = "{m}(an action block)")]
    [TestCase("readonly TransformBlock<int, int> _b = [|new TransformBlock<int, int>|](i => i, new ExecutionDataflowBlockOptions { MaxDegreeOfParallelism = 4 });", TestName = "{m}(options without a bound)")]
    [TestCase("readonly TransformManyBlock<int, int> _b = [|new TransformManyBlock<int, int>|](i => new int[i], new ExecutionDataflowBlockOptions { BoundedCapacity = DataflowBlockOptions.Unbounded });", TestName = "{m}(a bound that is none)")]
    [TestCase("readonly BatchBlock<int> _b = [|new BatchBlock<int>|](10);", TestName = "{m}(a batch block)")]
    [TestCase("void M() { var options = new ExecutionDataflowBlockOptions { MaxDegreeOfParallelism = 4 }; _ = [|new ActionBlock<int>|](i => { }, options); }", TestName = "{m}(options in a local)")]
    [TestCase("private readonly ConcurrentQueue<int> [|_q|] = new(); public void Put(int i) => _q.Enqueue(i); void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a queue that a loop polls)")]
    [TestCase("private readonly ConcurrentQueue<int> [|_q|] = new(); public void Put(int i) { _q.Enqueue(i); _signal.Set(); } void Run() { while (!_stop) { _signal.WaitOne(); while (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a queue with a signal)")]
    [TestCase("private ConcurrentQueue<int>? [|_q|]; public void Put(int i) => _q?.Enqueue(i); void Run() { _q = new(); while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a nullable queue)")]
    [TestCase("private readonly ConcurrentQueue<int> [|_q|] = new(); public void Put(int i) => _q.Enqueue(i); public void OnTick() { while (_q.TryDequeue(out var i)) { Use(i); } }", TestName = "{m}(a queue that a tick empties)")]
    [TestCase("private readonly ConcurrentQueue<int> [|_q|] = new(); public void Put(int i) => _q.Enqueue(i); async Task Run() { while (!_stop) { if (_q.Count > 0 && _q.TryDequeue(out var i)) { Use(i); } await Task.Delay(1); } }", TestName = "{m}(a queue that is only asked whether it is empty)")]
    [TestCase("private readonly ConcurrentQueue<int> [|_q|] = new(); int _n; public void Put(int i) { Interlocked.Increment(ref _n); _q.Enqueue(i); } void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a queue beside a counter that only counts)")]
    [TestCase("private readonly ConcurrentQueue<int> [|_q|] = new(); int _n; public void Put(int i) { _ = Interlocked.Add(ref _n, 2); _q.Enqueue(i); } void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a queue beside a counter whose answer is thrown away)")]
    [TestCase("private readonly ConcurrentQueue<int> [|_q|] = new(); public void Put(int i) => _q.Enqueue(i); public int Waiting => _q.Count; void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a queue that tells its length)")]
    [TestCase("private readonly ConcurrentQueue<int> [|_q|] = new(); public void Put(int i) => _q.Enqueue(i); public int GetWaiting() { return _q.Count; } void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a queue that tells its length by a method)")]
    [TestCase("private readonly ConcurrentQueue<int> [|_q|] = new(); public void Put(int i) => _q.Enqueue(i); public bool IsIdle => Waiting == 0; public int Waiting => _q.Count; public override string ToString() => \"waiting: \" + _q.Count; void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a queue whose length is asked for nothing but whether it is empty)")]
    [TestCase("private readonly ConcurrentQueue<int> [|_q|] = new(); public void Put(int i) => _q.Enqueue(i); object Status() => new { Waiting = _q.Count }; void Watch(Action<Func<int>> gauge) => gauge(() => _q.Count); void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a queue that is watched)")]
    [TestCase("private readonly ConcurrentQueue<int> [|_q|] = new(); public void Put(int i, CancellationToken t) { while (i > 0) { if (i == 5) { t.WaitHandle.WaitOne(10); continue; } _q.Enqueue(i); } } void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a pause that ends when the work is stopped)")]
    [TestCase("private readonly ConcurrentQueue<int> [|_q|] = new(); class Reader(C c) { void Run() { while (true) { if (c._q.TryDequeue(out var i)) { c.Use(i); } } } } public void Put(int i) => _q.Enqueue(i);", TestName = "{m}(a nested type that reads)")]
    [TestCase("private readonly ConcurrentQueue<int> [|_q|] = new(); class Outer { class Writer(C c) { void Put(int i) => c._q.Enqueue(i); } } void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a type nested in a nested one that writes)")]
    public Task Reports(string member) => Verify.ReportsAsync(Member(member));

    [TestCase("readonly Channel<int> _c = Channel.CreateBounded<int>(8);", TestName = "{m}(a bounded channel)")]
    [TestCase("readonly BlockingCollection<int> _q = new(8);", TestName = "{m}(a bounded collection)")]
    [TestCase("readonly BlockingCollection<int> _q = new BlockingCollection<int>(new ConcurrentBag<int>(), 8);", TestName = "{m}(a bounded collection over another)")]
    [TestCase("readonly BufferBlock<int> _b = new(new DataflowBlockOptions { BoundedCapacity = 8 });", TestName = "{m}(a bounded block)")]
    [TestCase("void M(ExecutionDataflowBlockOptions options) { _ = new ActionBlock<int>(i => { }, options); }", TestName = "{m}(options from elsewhere)")]
    [TestCase("void M() { var options = new ExecutionDataflowBlockOptions(); options.BoundedCapacity = 8; _ = new ActionBlock<int>(i => { }, options); }", TestName = "{m}(a bound that is set later)")]
    [TestCase("readonly BroadcastBlock<int> _b = new(null); readonly WriteOnceBlock<int> _w = new(null);", TestName = "{m}(blocks of one item)")]
    [TestCase("void M() { var q = new ConcurrentQueue<int>(); q.Enqueue(1); while (q.TryDequeue(out var i)) { Use(i); } }", TestName = "{m}(a queue in a local)")]
    [TestCase("private readonly ConcurrentQueue<int> _q = new(); public void Put(int i) { if (_q.Count < 8) { _q.Enqueue(i); } } void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a queue that is bounded by hand)")]
    [TestCase("private readonly ConcurrentQueue<int> _q = new(); public void Put(int i) { _q.Enqueue(i); while (_q.Count > 8) { _q.TryDequeue(out _); } } void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a queue that drops the oldest)")]
    [TestCase("private readonly ConcurrentQueue<int> _q = new(); public void Put(int i) { _slots.Wait(); _q.Enqueue(i); } void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); _slots.Release(); } } }", TestName = "{m}(a queue behind a semaphore)")]
    [TestCase("private readonly ConcurrentQueue<int> _q = new(); public bool Put(int i) { if (Length >= 8) { return false; } _q.Enqueue(i); return true; } public int Length => _q.Count; void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a queue whose length is compared by its name)")]
    [TestCase("private readonly ConcurrentQueue<object> _pool = new(); public object Rent() => _pool.TryDequeue(out var o) ? o : new object(); public void Return(object o) => _pool.Enqueue(o); public void Dispose() { while (_pool.TryDequeue(out var o)) { o.ToString(); } }", TestName = "{m}(a pool)")]
    [TestCase("private readonly ConcurrentQueue<int> _q = new(); public void Put(int i) => _q.Enqueue(i); void Forget() { while (_q.TryDequeue(out _)) { } }", TestName = "{m}(a queue that is only thrown away)")]
    [TestCase("private readonly ConcurrentQueue<int> _q = new(); void Walk() { _q.Enqueue(1); while (_q.TryDequeue(out var i)) { if (i < 9) { _q.Enqueue(i + 1); } } }", TestName = "{m}(a work list)")]
    [TestCase("private readonly ConcurrentQueue<int> _q = new(); void All(int[] items) { foreach (var i in items) { _q.Enqueue(i); } } void Work() { while (_q.TryDequeue(out var i)) { Use(i); } }", TestName = "{m}(a list of work that is known)")]
    [TestCase("private readonly ConcurrentQueue<int> _q = new(); public void Put(int i) => _q.Enqueue(i); void Run() => Drain(_q); void Drain(ConcurrentQueue<int> q) { while (q.TryDequeue(out var i)) { Use(i); } }", TestName = "{m}(a queue that is handed on)")]
    [TestCase("private readonly Queue<int> _q = new();", TestName = "{m}(a queue of one thread)")]
    [TestCase("private readonly ConcurrentQueue<int> _q = new(); int _n; public void Put(int i) { if (Interlocked.Increment(ref _n) > 8) { Interlocked.Decrement(ref _n); return; } _q.Enqueue(i); } void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a counter whose answer is compared)")]
    [TestCase("private readonly ConcurrentQueue<int> _q = new(); int _n; public void Put(int i) { while (Volatile.Read(ref _n) > 8) { Thread.Sleep(20); } Interlocked.Increment(ref _n); _q.Enqueue(i); } void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a counter that is compared before)")]
    [TestCase("private readonly ConcurrentQueue<int> _q = new(); public void Put(int i) => _q.Enqueue(i); int Waiting => _q.Count; async Task All(IAsyncEnumerable<int> all) { await foreach (var i in all) { while (Waiting > 8) { await Task.Delay(20); } Put(i); } } void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a length that the one who fills it compares)")]
    [TestCase("private readonly ConcurrentQueue<int> _q = new(); public void Put(int i) => _q.Enqueue(i); int Waiting() => _q.Count; void All() { var n = Waiting(); if (n < 8) { Put(1); } } void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a length in a local)")]
    [TestCase("private readonly ConcurrentQueue<int> _q = new(); class Writer(C c) { void Put(int i) { if (c._q.Count < 8) { c._q.Enqueue(i); } } } void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a nested type that minds the bound)")]
    [TestCase("private readonly ConcurrentQueue<int> _q = new(); public void Put(int i) => _q.Enqueue(i); void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } } class Dropper(C c) { void Drop() { while (c._q.Count > 8) { c._q.TryDequeue(out _); } } }", TestName = "{m}(a nested type that drops the oldest)")]
    [TestCase("private readonly ConcurrentQueue<int> _q = new(); public void Put(int i) => _q.Enqueue(i); class Other { object Get(C c) => c._q; } void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(a nested type that hands it on)")]
    public Task Is_silent_on(string member) => Verify.ReportsAsync(Member(member));

    [Test]
    public Task Message_names_the_queue() => Verify.ReportsAsync(
        Member("readonly Channel<string> _c = [|Channel.CreateUnbounded<string>|]();"),
        message: "'Channel<string>' has no bound: while its readers are slower than its writers, it grows until memory runs out");

    [Test]
    public Task Top_level_statements_are_reported() => Verify.ReportsAsync(
        """
        using System.Threading.Channels;
        var frames = [|Channel.CreateUnbounded<byte[]>|]();
        """);

    [Test]
    public Task Writer_and_reader_may_be_in_two_parts_of_a_type() => Verify.ReportsAsync(
        """
        using System.Collections.Concurrent;
        partial class C { private readonly ConcurrentQueue<int> [|_q|] = new(); public void Put(int i) => _q.Enqueue(i); }
        // === Other.cs ===
        partial class C { void Run() { while (true) { if (_q.TryDequeue(out var i)) { i.ToString(); } } } }
        """);

    [Test]
    public Task Writer_and_reader_may_be_in_nested_types_of_other_documents() => Verify.ReportsAsync(
        """
        using System.Collections.Concurrent;
        partial class C { private readonly ConcurrentQueue<int> [|_q|] = new(); private readonly ConcurrentQueue<int> _free = new(); }
        // === Writer.cs ===
        partial class C { class Writer(C c) { public void Put(int i) { c._q.Enqueue(i); if (c._free.Count < 8) { c._free.Enqueue(i); } } } }
        // === Reader.cs ===
        partial class C { class Reader(C c) { void Run() { while (true) { if (c._q.TryDequeue(out var i) || c._free.TryDequeue(out i)) { i.ToString(); } } } } }
        """);

    [TestCase("if (c.Waiting < 8) { c.Put(i); }", "_q")]
    [TestCase("System.Console.WriteLine(c.Waiting); c.Put(i);", "[|_q|]")]
    public Task The_length_may_be_compared_in_another_document(string use, string queue) => Verify.ReportsAsync(
        $$"""
        using System.Collections.Concurrent;
        class C
        {
            private readonly ConcurrentQueue<int> {{queue}} = new();
            public int Waiting => _q.Count;
            public void Put(int i) => _q.Enqueue(i);
            void Run() { while (true) { if (_q.TryDequeue(out var i)) { i.ToString(); } } }
        }
        // === Other.cs ===
        class Other { void M(C c, int i) { {{use}} } }
        """);

    [Test]
    public Task Fix_bounds_a_channel_and_waits() => Verify.FixesAsync(
        Member("""
            // Frames.
            readonly Channel<int> _c = /* wide */ [|Channel.CreateUnbounded<int>|](); // from the camera
        """),
        Member("""
            // Frames.
            readonly Channel<int> _c = /* wide */ Channel.CreateBounded<int>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.Wait }); // from the camera
        """), Wait);

    [TestCase("DropOldest", "the oldest item")]
    [TestCase("DropNewest", "the newest item in it")]
    [TestCase("DropWrite", "the item that comes")]
    public Task Fix_bounds_a_channel_and_says_what_it_loses(string mode, string loss) => Verify.FixesAsync(
        Member("readonly Channel<int> _c = [|Channel.CreateUnbounded<int>|]();"),
        Member($"readonly Channel<int> _c = Channel.CreateBounded<int>(new BoundedChannelOptions(64) {{ FullMode = BoundedChannelFullMode.{mode} }});"),
        $"Hold at most 64, and lose {loss} while it is full");

    [Test]
    public Task Fix_keeps_the_options_of_a_channel() => Verify.FixesAsync(
        Member("""
            readonly Channel<int> _c = [|Channel.CreateUnbounded<int>|](new()
            {
                SingleReader = true, // the writer of the file
                SingleWriter = false,
            });
            readonly Channel<int> _d = Channel.CreateBounded<int>(1);
        """),
        Member("""
            readonly Channel<int> _c = Channel.CreateBounded<int>(new BoundedChannelOptions(64)
            {
                SingleReader = true, // the writer of the file
                SingleWriter = false,
                FullMode = BoundedChannelFullMode.Wait,
            });
            readonly Channel<int> _d = Channel.CreateBounded<int>(1);
        """), Wait);

    [Test]
    public Task Fix_keeps_the_options_of_a_channel_on_one_line() => Verify.FixesAsync(
        Member("readonly Channel<int> _c = [|Channel.CreateUnbounded<int>|](new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });"),
        Member("readonly Channel<int> _c = Channel.CreateBounded<int>(new BoundedChannelOptions(64) { SingleReader = true, AllowSynchronousContinuations = true, FullMode = BoundedChannelFullMode.Wait });"),
        Wait);

    [TestCase("[|new BlockingCollection<int>|]()", "new BlockingCollection<int>(boundedCapacity: 64)")]
    [TestCase("[|new|]()", "new(boundedCapacity: 64)")]
    [TestCase("[|new BlockingCollection<int>|](new ConcurrentBag<int>())", "new BlockingCollection<int>(new ConcurrentBag<int>(), boundedCapacity: 64)")]
    public Task Fix_bounds_a_blocking_collection(string before, string after) => Verify.FixesAsync(
        Member($"/* in */ readonly BlockingCollection<int> _q = {before}; // out"), Member($"/* in */ readonly BlockingCollection<int> _q = {after}; // out"));

    [TestCase("BufferBlock<int>", "[|new BufferBlock<int>|]()", "new BufferBlock<int>(new DataflowBlockOptions { BoundedCapacity = 64 })")]
    [TestCase("ActionBlock<int>", "[|new|](i => { /* work */ })", "new(i => { /* work */ }, new ExecutionDataflowBlockOptions { BoundedCapacity = 64 })")]
    [TestCase("TransformBlock<int, int>", "[|new TransformBlock<int, int>|](i => i, new ExecutionDataflowBlockOptions { MaxDegreeOfParallelism = 4 })", "new TransformBlock<int, int>(i => i, new ExecutionDataflowBlockOptions { MaxDegreeOfParallelism = 4, BoundedCapacity = 64 })")]
    [TestCase("TransformBlock<int, int>", "[|new TransformBlock<int, int>|](i => i, new ExecutionDataflowBlockOptions())", "new TransformBlock<int, int>(i => i, new ExecutionDataflowBlockOptions() { BoundedCapacity = 64 })")]
    [TestCase("TransformBlock<int, int>", "[|new|](i=>i, new(){ MaxDegreeOfParallelism=4})", "new(i=>i, new(){ MaxDegreeOfParallelism=4, BoundedCapacity = 64})")]
    [TestCase("BufferBlock<int>", "[|new|](new())", "new(new() { BoundedCapacity = 64 })")]
    [TestCase("BufferBlock<int>", "[|new BufferBlock<int>|](new DataflowBlockOptions { BoundedCapacity = -1 })", "new BufferBlock<int>(new DataflowBlockOptions { BoundedCapacity = 64 })")]
    public Task Fix_bounds_a_dataflow_block(string type, string before, string after) =>
        Verify.FixesAsync(Member($"/* in */ readonly {type} _b = {before}; // out"), Member($"/* in */ readonly {type} _b = {after}; // out"));

    [Test]
    public Task Fix_all_bounds_everything() => Verify.FixesAllAsync(
        Member("""
            readonly Channel<int> _c = [|Channel.CreateUnbounded<int>|](); // one
            readonly BlockingCollection<int> _q = [|new|](); // two
            readonly ActionBlock<int> _b = [|new ActionBlock<int>|](i =>
            {
                _ = [|Channel.CreateUnbounded<int>|](); // within
            });
            readonly BatchBlock<int> _batch = [|new BatchBlock<int>|](100);
        """),
        Member("""
            readonly Channel<int> _c = Channel.CreateBounded<int>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.Wait }); // one
            readonly BlockingCollection<int> _q = new(boundedCapacity: 64); // two
            readonly ActionBlock<int> _b = new ActionBlock<int>(i =>
            {
                _ = Channel.CreateBounded<int>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.Wait }); // within
            }, new ExecutionDataflowBlockOptions { BoundedCapacity = 64 });
            readonly BatchBlock<int> _batch = [|new BatchBlock<int>|](100);
        """), Wait);

    [Test]
    public Task Fix_writes_full_names_where_the_namespace_is_not_imported() => Verify.FixesAsync(
        "class C { object M() => [|System.Threading.Channels.Channel.CreateUnbounded<int>|](); }",
        "class C { object M() => System.Threading.Channels.Channel.CreateBounded<int>(new System.Threading.Channels.BoundedChannelOptions(64) { FullMode = System.Threading.Channels.BoundedChannelFullMode.Wait }); }",
        Wait);

    [Test]
    public Task Fix_writes_the_capacity_that_is_set() => Verify.FixesAsync(
        Member("readonly BlockingCollection<int> _q = [|new|]();"),
        Member("readonly BlockingCollection<int> _q = new(boundedCapacity: 500);"),
        setup: new Setup { Options = "HRD2004.capacity_hint = 500" });

    [TestCase("")]
    [TestCase("HRD2004.capacity_hint = 0")]
    [TestCase("HRD2004.capacity_hint = -5")]
    [TestCase("HRD2004.capacity_hint = 1000001")]
    [TestCase("HRD2004.capacity_hint = 99999999999")]
    [TestCase("HRD2004.capacity_hint = many")]
    [TestCase("HRD2004.capacity_hint =")]
    public Task Fix_writes_64_where_no_valid_capacity_is_set(string options) => Verify.FixesAsync(
        Member("readonly BlockingCollection<int> _q = [|new|]();"),
        Member("readonly BlockingCollection<int> _q = new(boundedCapacity: 64);"),
        setup: new Setup { Options = options });

    [TestCase("readonly Channel<int> _c = [|Channel.CreateUnbounded<int>|](); void Put(int i) => _c.Writer.TryWrite(i);", TestName = "{m}(an item that was not taken is not noticed)")]
    [TestCase("readonly Channel<int> _c = [|Channel.CreateUnbounded<int>|](); void Put(ChannelWriter<int> writer) { _ = writer.WriteAsync(1); }", TestName = "{m}(a writer does not wait)")]
    [TestCase("async Task M() { var c = [|Channel.CreateUnbounded<int>|](); for (int i = 0; i < 999; i++) { await c.Writer.WriteAsync(i); } c.Writer.Complete(); await foreach (var i in c.Reader.ReadAllAsync()) { Use(i); } }", TestName = "{m}(one function fills and empties it)")]
    [TestCase("readonly BlockingCollection<int> _q = [|new|](); void Put(int i) => _q.TryAdd(i);", TestName = "{m}(an item that was not added is not noticed)")]
    [TestCase("void M() { var q = [|new BlockingCollection<int>|](); for (int i = 0; i < 999; i++) { q.Add(i); } q.CompleteAdding(); foreach (var i in q.GetConsumingEnumerable()) { Use(i); } }", TestName = "{m}(one function fills and empties a collection)")]
    [TestCase("readonly ActionBlock<int> _b = [|new|](i => { }); void Put(int i) => _b.Post(i);", TestName = "{m}(an item that was not posted is not noticed)")]
    public Task Waiting_is_not_offered_where(string member) => Verify.OffersNoFixAsync(Member(member), Wait);

    [Test]
    public Task A_stage_that_reads_one_channel_and_writes_another_can_wait() => Verify.FixesAsync(
        Member("""
            readonly Channel<int> _in = Channel.CreateBounded<int>(1), _out = [|Channel.CreateUnbounded<int>|]();
            async Task Run() { await foreach (var i in _in.Reader.ReadAllAsync()) { await _out.Writer.WriteAsync(i); } }
        """),
        Member("""
            readonly Channel<int> _in = Channel.CreateBounded<int>(1), _out = Channel.CreateBounded<int>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.Wait });
            async Task Run() { await foreach (var i in _in.Reader.ReadAllAsync()) { await _out.Writer.WriteAsync(i); } }
        """), Wait);

    [TestCase("Channel<int> Make(UnboundedChannelOptions options) => [|Channel.CreateUnbounded<int>|](options);", TestName = "{m}(the options come from elsewhere)")]
    [TestCase("readonly Channel<int> _c = [|Channel.CreateUnboundedPrioritized<int>|]();", TestName = "{m}(the channel sorts)")]
    [TestCase("BlockingCollection<int> Make(ConcurrentBag<int> items) => [|new BlockingCollection<int>|](items);", TestName = "{m}(the collection may be too full already)")]
    [TestCase("readonly BatchBlock<int> _b = [|new BatchBlock<int>|](100);", TestName = "{m}(a batch may not fit)")]
    [TestCase("void M() { var options = new ExecutionDataflowBlockOptions(); _ = [|new ActionBlock<int>|](i => { }, options); }", TestName = "{m}(the options are in a local)")]
    [TestCase("private readonly ConcurrentQueue<int> [|_q|] = new(); public void Put(int i) => _q.Enqueue(i); void Run() { while (!_stop) { if (_q.TryDequeue(out var i)) { Use(i); } } }", TestName = "{m}(the queue has no capacity to set)")]
    public Task Fix_is_not_offered_where(string member) => Verify.OffersNoFixAsync(Member(member));

    private static string Member(string member) =>
        $$"""
        using System;
        using System.Collections.Concurrent;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Channels;
        using System.Threading.Tasks;
        using System.Threading.Tasks.Dataflow;

        class C
        {
            volatile bool _stop;
            readonly AutoResetEvent _signal = new(false);
            readonly SemaphoreSlim _slots = new(8);
            void Use(int i) { }

        {{member}}
        }
        """;
}
