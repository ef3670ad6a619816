using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Threads.HRD2007SyncOverAsyncAnalyzer, Hardening.Analyzers.Threads.HRD2007SyncOverAsyncCodeFix>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2007SyncOverAsyncTests
{
    [TestCase("var n = [|LoadAsync().Result|];", TestName = "{m}(Result)")]
    [TestCase("[|SaveAsync().Wait|]();", TestName = "{m}(Wait)")]
    [TestCase("[|SaveAsync().Wait|](_token);", TestName = "{m}(a wait with a token)")]
    [TestCase("[|SaveAsync().Wait|](Timeout.Infinite);", TestName = "{m}(a wait with no limit)")]
    [TestCase("[|SaveAsync().GetAwaiter().GetResult|]();", TestName = "{m}(GetResult)")]
    [TestCase("[|SaveAsync().ConfigureAwait(false).GetAwaiter().GetResult|]();", TestName = "{m}(ConfigureAwait does not help)")]
    [TestCase("var n = [|QuickAsync().Result|] + [|QuickAsync().AsTask().Result|];", TestName = "{m}(a ValueTask)")]
    [TestCase("[|Task.Run(() => SaveAsync()).Wait|]();", TestName = "{m}(Task.Run does not help)")]
    [TestCase("[|Task.WaitAll|](SaveAsync(), LoadAsync());", TestName = "{m}(WaitAll)")]
    [TestCase("var first = [|Task.WaitAny|](_tasks); var n = _tasks[first].Result;", TestName = "{m}(WaitAny, once)")]
    [TestCase("[|Task.WhenAll(_tasks).Wait|](); foreach (var t in _tasks) { Use(t.Result); }", TestName = "{m}(the wait, and not the results after it)")]
    [TestCase("Use(_task is null ? 0 : [|_task.Result|]); Use(_task?[|.Result|]);", TestName = "{m}(a field)")]
    [TestCase("using var file = [|OpenAsync().Result|];", TestName = "{m}(a using)")]
    [TestCase("int Local() => [|LoadAsync().Result|]; Local();", TestName = "{m}(a local function)")]
    [TestCase("Func<int> f = () => [|LoadAsync().Result|];", TestName = "{m}(a lambda)")]
    [TestCase("Task.Run(() => { [|SaveAsync().Wait|](); });", TestName = "{m}(a lambda on the pool)")]
    [TestCase("var t = LoadAsync(); if (t.IsCompleted) { t = LoadAsync(); Use([|t.Result|]); }", TestName = "{m}(another task than the one that was asked)")]
    [TestCase("async Task<int> Later() { await using var x = Source(); return 1; } Use([|Later().Result|]);", TestName = "{m}(an async function with await using)")]
    [TestCase("var done = Task.WhenAny(_tasks); Use([|_tasks[0].Result|]);", TestName = "{m}(WhenAny that nobody awaits)")]
    public Task Reports_in(string body) => Verify.ReportsAsync(Member($"void M() {{ {body} }}"));

    [TestCase("async Task M() { await SaveAsync(); Use([|LoadAsync().Result|]); }", TestName = "{m}(an async method)")]
    [TestCase("async Task M() { await SaveAsync(); [|SaveAsync().Wait|](TimeSpan.FromSeconds(1)); }", TestName = "{m}(a limit in an async method)")]
    [TestCase("async IAsyncEnumerable<int> M() { await SaveAsync(); yield return [|LoadAsync().Result|]; }", TestName = "{m}(an async iterator)")]
    [TestCase("IEnumerable<int> M() { yield return [|LoadAsync().Result|]; }", TestName = "{m}(an iterator)")]
    [TestCase("T M<T>(Task<T> task) where T : class => [|task.Result|];", TestName = "{m}(a generic method)")]
    [TestCase("int P => [|LoadAsync().Result|];", TestName = "{m}(a property)")]
    [TestCase("int F = [|LoadAsync().Result|];", TestName = "{m}(a field's initializer)")]
    [TestCase("readonly Lazy<int> _lazy = new(() => [|LoadAsync().Result|]);", TestName = "{m}(a lazy value)")]
    [TestCase("void Dispose() => [|DisposeAsync().AsTask().GetAwaiter().GetResult|](); ValueTask DisposeAsync() => default;", TestName = "{m}(Dispose without a limit)")]
    [TestCase("void M() { Parallel.ForEach(_tasks, new ParallelOptions { MaxDegreeOfParallelism = 2 }, t => Use([|t.Result|])); }", TestName = "{m}(a parallel loop with a limit)")]
    public Task Reports_in_the_member(string member) => Verify.ReportsAsync(Member(member));

    [TestCase("Use(Task.FromResult(1).Result); Task.CompletedTask.Wait();", TestName = "{m}(a task that never ran)")]
    [TestCase("async Task<int> Sync() { Pump(); return 1; } Use(Sync().Result);", TestName = "{m}(an async function without await)")]
    [TestCase("if (_task.IsCompletedSuccessfully) { Use(_task.Result); }", TestName = "{m}(a task that was asked)")]
    [TestCase("Use(_task.IsCompleted ? _task.Result : 0);", TestName = "{m}(a choice)")]
    [TestCase("if (!_task.IsCompleted) { return; } Use(_task.Result);", TestName = "{m}(a guard)")]
    [TestCase("if (_task is { IsCompletedSuccessfully: true } done) { Use(done.Result); }", TestName = "{m}(a pattern)")]
    [TestCase("if (_task is not { IsCompletedSuccessfully: true } done) { return; } Use(done.Result);", TestName = "{m}(a guard with a pattern)")]
    [TestCase("Use(_task switch { { IsCompletedSuccessfully: true } done => done.Result, _ => 0 });", TestName = "{m}(a switch)")]
    [TestCase("if (_task.Status == TaskStatus.RanToCompletion) { Use(_task.Result); }", TestName = "{m}(a status)")]
    [TestCase("switch (_task.Status) { case TaskStatus.RanToCompletion: Use(_task.Result); break; }", TestName = "{m}(a switch over the status)")]
    [TestCase("while (!_task.IsCompleted) { Pump(); } Use(_task.Result);", TestName = "{m}(a loop until it has ended)")]
    [TestCase("_task.ContinueWith(t => Use(t.Result)); _task.ContinueWith(_ => Use(_task.Result));", TestName = "{m}(a continuation)")]
    [TestCase("_task.ContinueWith(Done); void Done(Task<int> t) => Use(t.Result);", TestName = "{m}(a continuation that is a function)")]
    [TestCase("_task.ContinueWith(Done); void Done(Task<int> t) { Action show = () => Use(t.Result); show(); }", TestName = "{m}(a lambda of a continuation)")]
    [TestCase("Task.WhenAll(_tasks).ContinueWith(_ => _tasks.Select(t => t.Result).Sum());", TestName = "{m}(a continuation of all)")]
    [TestCase("if (_task.Wait(1000)) { Use(_task.Result); }", TestName = "{m}(a wait with a limit)")]
    [TestCase("if (!SaveAsync().Wait(TimeSpan.FromSeconds(5), _token)) { throw new TimeoutException(); }", TestName = "{m}(a wait with a limit and a token)")]
    [TestCase("Task.WaitAll(_tasks, 1000); foreach (var t in _tasks) { Use(t.Result); }", TestName = "{m}(WaitAll with a limit)")]
    [TestCase("_task.Wait(0);", TestName = "{m}(a wait for no time)")]
    [TestCase("new Thread(() => Use(LoadAsync().Result)).Start();", TestName = "{m}(a thread of its own)")]
    [TestCase("new Thread(Run).Start(); void Run() { SaveAsync().Wait(); }", TestName = "{m}(the function of a thread)")]
    [TestCase("Task.Factory.StartNew(() => SaveAsync().Wait(), TaskCreationOptions.LongRunning);", TestName = "{m}(a long-running task)")]
    [TestCase("lock (this) { SaveAsync().Wait(); }", TestName = "{m}(under a lock, which HRD1003 reports)")]
    [TestCase("Parallel.ForEach(_tasks, t => Use(t.Result)); _tasks.AsParallel().ForAll(t => t.Wait());", TestName = "{m}(a parallel loop with no limit, which HRD2005 reports)")]
    [TestCase("System.Linq.Expressions.Expression<Func<int>> e = () => LoadAsync().Result;", TestName = "{m}(an expression tree)")]
    [TestCase("var awaiter = _task.GetAwaiter(); awaiter.OnCompleted(() => Use(awaiter.GetResult()));", TestName = "{m}(an awaiter that says when)")]
    [TestCase("Use(nameof(_task.Result).Length);", TestName = "{m}(a name)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(Member($"void M() {{ {body} }}"));

    [TestCase("async Task M() { await Task.WhenAll(_tasks); Use(_tasks[0].Result); Use(_tasks.Sum(t => t.Result)); }", TestName = "{m}(after WhenAll)")]
    [TestCase("async Task M() { var a = LoadAsync(); var b = LoadAsync(); await Task.WhenAll(a, b).ConfigureAwait(false); Use(a.Result + b.Result); }", TestName = "{m}(two, after WhenAll)")]
    [TestCase("async Task M() { var t = LoadAsync(); if (!t.IsCompletedSuccessfully) { await t; } Use(t.Result); }", TestName = "{m}(awaited where it had not ended)")]
    [TestCase("async Task M() { var t = LoadAsync(); if (await Task.WhenAny(t, Task.Delay(9)) == t) { Use(t.Result); } }", TestName = "{m}(the winner)")]
    [TestCase("async Task M() { var t = LoadAsync(); var won = await Task.WhenAny(t, Task.Delay(9)); if (won != t) { throw new TimeoutException(); } Use(t.Result); }", TestName = "{m}(not the loser)")]
    [TestCase("async Task M() { var t = await Task.WhenAny(_tasks); Use(t.Result); }", TestName = "{m}(what WhenAny gives)")]
    [TestCase("async Task M() { var t = LoadAsync(); await t.WaitAsync(_token); Use(t.Result); }", TestName = "{m}(awaited with a token)")]
    [TestCase("async Task M() { await _task; Action later = () => Use(_task.Result); }", TestName = "{m}(a lambda made after the await)")]
    [TestCase("async Task M(Camera[] all) { await Task.WhenAll(all.Select(c => c.Opened)); Use(all.Max(c => c.Opened.Result)); }", TestName = "{m}(a property of each)")]
    [TestCase("int End(IAsyncResult result) => ((Task<int>)result).Result;", TestName = "{m}(an End method)")]
    [TestCase("static readonly Task<int> None = Task.FromResult(0); int M() => None.Result;", TestName = "{m}(a constant task)")]
    [TestCase("struct Awaiter { System.Runtime.CompilerServices.TaskAwaiter _inner; public void GetResult() => _inner.GetResult(); }", TestName = "{m}(an awaiter of one's own)")]
    [TestCase("void Dispose() { _stop.Cancel(); _task.Wait(TimeSpan.FromSeconds(5)); }", TestName = "{m}(Dispose with a limit)")]
    [TestCase("void M(Awaitable other) { Use(other.Result); other.Wait(); }", TestName = "{m}(another type)")]
    public Task Is_silent_on_the_member(string member) => Verify.ReportsAsync(Member(member));

    [TestCase("using System.Threading.Tasks; class P { static void Main() { RunAsync().GetAwaiter().GetResult(); Load().Wait(); } static Task RunAsync() => Task.Delay(1); static Task Load() => Task.Delay(1); }", TestName = "{m}(Main)")]
    [TestCase("using System.Threading.Tasks; Task.Delay(int.Parse(args[0])).Wait();", TestName = "{m}(top-level statements)")]
    [TestCase("using System.Threading.Tasks; await Task.Delay(1); [|Task.Delay(int.Parse(args[0])).Wait|]();", TestName = "{m}(but not where these are async)")]
    public Task The_main_thread_may_wait_in(string source) => Verify.ReportsAsync(source);

    [Test]
    public Task A_pipe_that_is_read_beside_another_is_not_reported() => Verify.ReportsAsync(
        """
        using System.Diagnostics;
        using System.Threading.Tasks;
        class C
        {
            private Task<string> _output;
            private Task<string> _error;
            C(Process p)
            {
                _output = p.StandardOutput.ReadToEndAsync();
                _error = ReadAsync(p.StandardError);
            }
            static Task<string> ReadAsync(System.IO.StreamReader reader) => reader.ReadToEndAsync();
            string Both(Process p)
            {
                var error = p.StandardError.ReadToEndAsync();
                var output = p.StandardOutput.ReadToEnd();
                p.WaitForExit();
                return output + error.GetAwaiter().GetResult() + _output.Result;
            }
            string All(Process p)
            {
                Task<string> error = Task.Run(() => p.StandardError.ReadToEnd()), output = p.StandardOutput.ReadToEndAsync();
                Task.WaitAll(error, output);
                Task.WaitAll(_output, _error);
                return output.Result + error.Result;
            }
            string ByReaders(Process p, bool wantsError)
            {
                using var output = p.StandardOutput;
                using var error = p.StandardError;
                var outputTask = output.ReadToEndAsync();
                var errorTask = error.ReadToEndAsync();
                Task.WaitAll(outputTask, errorTask);
                return (wantsError ? errorTask : outputTask).GetAwaiter().GetResult();
            }
            async Task<string> InAsync(Process p)
            {
                var error = p.StandardError.ReadToEndAsync();
                await p.WaitForExitAsync();
                return [|error.Result|];
            }
        }
        """);

    [Test]
    public Task Message_says_who_blocks_on_what() => Verify.ReportsAsync(
        Member("int Count() => [|LoadAsync().Result|];"),
        message: "'Count' blocks its thread with 'Task.Result', and the rest of the task may need another thread, or this very one");

    [Test]
    public Task Fix_awaits_in_an_async_method() => Verify.FixesAllAsync(
        Member("""
            async Task<int> M(Task[] others)
            {
                await SaveAsync();
                // now
                var n = [|LoadAsync().Result|]; // here
                [|SaveAsync().Wait|](); // and here
                [|SaveAsync().Wait|](_token);
                [|SaveAsync().ConfigureAwait(false).GetAwaiter().GetResult|]();
                [|Task.WaitAll|](others);
                var text = [|OpenAsync().Result|].ToString() + [|QuickAsync().Result|]!;
                Func<Task<int>> f = async () => 1 + [|LoadAsync().Result|];
                return n + Sum([|LoadAsync().Result|], 1);
            }
            static int Sum(int a, int b) => a + b;
            """),
        Member("""
            async Task<int> M(Task[] others)
            {
                await SaveAsync();
                // now
                var n = await LoadAsync(); // here
                await SaveAsync(); // and here
                await SaveAsync().WaitAsync(_token);
                await SaveAsync().ConfigureAwait(false);
                await Task.WhenAll(others);
                var text = (await OpenAsync()).ToString() + (await QuickAsync())!;
                Func<Task<int>> f = async () => 1 + await LoadAsync();
                return n + Sum(await LoadAsync(), 1);
            }
            static int Sum(int a, int b) => a + b;
            """),
        title: "Await the task");

    [Test]
    public Task Fix_makes_private_methods_async_with_their_callers() => Verify.FixesAsync(
        Member("""
            public async Task RunAsync()
            {
                // first
                Refresh(1); // last
                if (Count() > 2) { Use(Count().ToString().Length); }
                await SaveAsync();
            }
            // reads
            void Refresh(int n) { Use(Count() + n); } // done
            private static int Count() => [|LoadAsync().Result|];
            """),
        Member("""
            public async Task RunAsync()
            {
                // first
                await Refresh(1); // last
                if (await Count() > 2) { Use((await Count()).ToString().Length); }
                await SaveAsync();
            }
            // reads
            async Task Refresh(int n) { Use(await Count() + n); } // done
            private static async Task<int> Count() => await LoadAsync();
            """),
        title: "Await the task and make 'Refresh', 'Count' async");

    [Test]
    public Task Fix_makes_a_local_function_async() => Verify.FixesAsync(
        Member("""
            async Task M()
            {
                Use(await LoadAsync() + Local());
                int Local() // inner
                {
                    return [|LoadAsync().Result|];
                }
            }
            """),
        Member("""
            async Task M()
            {
                Use(await LoadAsync() + await Local());
                async Task<int> Local() // inner
                {
                    return await LoadAsync();
                }
            }
            """));

    [Test]
    public Task Fix_awaits_in_top_level_statements() => Verify.FixesAsync(
        """
        using System.Threading.Tasks;
        Work(); // go
        static void Work() { [|Task.Delay(1).Wait|](); }
        """,
        """
        using System.Threading.Tasks;
        await Work(); // go
        static async Task Work() { await Task.Delay(1); }
        """);

    [TestCase("public int M() => [|LoadAsync().Result|];", TestName = "{m}(a public method)")]
    [TestCase("int P => [|LoadAsync().Result|];", TestName = "{m}(a property)")]
    [TestCase("C(int n) { [|SaveAsync().Wait|](); }", TestName = "{m}(a constructor)")]
    [TestCase("private void M() => [|SaveAsync().Wait|]();", TestName = "{m}(a method that nobody in sight calls)")]
    [TestCase("private void M() => [|SaveAsync().Wait|](); public void N() => M();", TestName = "{m}(a public caller)")]
    [TestCase("private void M() => [|SaveAsync().Wait|](); async Task N() { await SaveAsync(); Action a = M; M(); }", TestName = "{m}(a delegate)")]
    [TestCase("private void M() => [|SaveAsync().Wait|](); async Task N() { await SaveAsync(); lock (this) { M(); } }", TestName = "{m}(a caller under a lock)")]
    [TestCase("private void M() => [|SaveAsync().Wait|](); async Task N() { await SaveAsync(); _tasks.ToList().ForEach(t => M()); }", TestName = "{m}(a caller in a lambda)")]
    [TestCase("private void M(out int n) { n = [|LoadAsync().Result|]; } async Task N() { await SaveAsync(); M(out var n); }", TestName = "{m}(an out parameter)")]
    [TestCase("private IEnumerable<int> M() { yield return [|LoadAsync().Result|]; } async Task N() { await SaveAsync(); Use(M().First()); }", TestName = "{m}(an iterator)")]
    [TestCase("async Task N() { await SaveAsync(); Use(_task?[|.Result|]); }", TestName = "{m}(a conditional access)")]
    [TestCase("async Task N() { await SaveAsync(); var q = from t in _tasks select [|t.Result|]; }", TestName = "{m}(a query)")]
    [TestCase("async Task N() { await SaveAsync(); unsafe { Use([|LoadAsync().Result|]); } }", TestName = "{m}(unsafe code)")]
    [TestCase("async Task N() { await SaveAsync(); Span<int> s = [1]; Use([|LoadAsync().Result|]); Use(s[0]); }", TestName = "{m}(a span that lives across)")]
    [TestCase("async Task N() { await SaveAsync(); try { [|SaveAsync().Wait|](); } catch (AggregateException) { } }", TestName = "{m}(a handler of the other exception)")]
    [TestCase("async Task N() { await SaveAsync(); Use([|Task.WaitAny|](_tasks)); [|SaveAsync().Wait|](1000); }", TestName = "{m}(a wait whose result is another)")]
    [TestCase("async Task N() { await SaveAsync(); var m = new Mutex(); Monitor.Enter(m); Monitor.Exit(m); [|SaveAsync().Wait|](); }", TestName = "{m}(a method that enters locks)")]
    public Task Fix_is_not_offered_in(string member) => Verify.OffersNoFixAsync(Member(member));

    [Test]
    public Task Fix_is_not_offered_where_another_part_may_call() => Verify.OffersNoFixAsync(
        """
        using System.Threading.Tasks;
        partial class C { void M() => [|Task.Delay(1).Wait|](); async Task N() { await Task.Yield(); M(); } }
        // === Other.cs ===
        partial class C { public void O() => M(); }
        """);

    private static string Member(string member) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        class Awaitable { public int Result => 1; public void Wait() { } }
        class Camera { public Task<int> Opened { get; } = Task.Run(() => 1); }
        partial class C
        {
            private readonly CancellationTokenSource _stop = new();
            private CancellationToken _token;
            private Task<int> _task = LoadAsync();
            private Task<int>[] _tasks = [];
            static async Task<int> LoadAsync() { await Task.Delay(1); return 1; }
            static Task SaveAsync() => Task.Delay(1);
            static ValueTask<int> QuickAsync() => new(LoadAsync());
            static async Task<FileStream> OpenAsync() { await Task.Delay(1); return File.OpenRead("x"); }
            static void Use(int? n) { }
            static void Pump() { }
            static Stream Source() => Stream.Null;
        {{member}}
        }
        """;
}
