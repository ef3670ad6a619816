using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<Hardening.Analyzers.Threads.HRD2006PoolSizeSetAnalyzer>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2006PoolSizeSetTests
{
    [TestCase("[|ThreadPool.SetMinThreads|](500, 500);", TestName = "{m}(a large number)")]
    [TestCase("[|ThreadPool.SetMaxThreads|](10_000, 1000);", TestName = "{m}(a large maximum)")]
    [TestCase("[|ThreadPool.SetMinThreads|](4, 200);", TestName = "{m}(completion ports)")]
    [TestCase("[|ThreadPool.SetMinThreads|](completionPortThreads: 4, workerThreads: 200);", TestName = "{m}(named arguments)")]
    [TestCase("[|ThreadPool.SetMinThreads|](Environment.ProcessorCount * 50, 8);", TestName = "{m}(many times the cores)")]
    [TestCase("[|ThreadPool.SetMinThreads|](_cameras.Length * 4, 8);", TestName = "{m}(a number that grows with the input)")]
    [TestCase("[|ThreadPool.SetMinThreads|](_cameras.Length, _cameras.Length);", TestName = "{m}(as many as there are cameras)")]
    [TestCase("[|ThreadPool.SetMinThreads|](_cameras.Count(), 8);", TestName = "{m}(a count)")]
    [TestCase("const int many = 250; [|ThreadPool.SetMinThreads|](many, many);", TestName = "{m}(a constant)")]
    [TestCase("var many = _cameras.Length * 8; [|ThreadPool.SetMinThreads|](many, many);", TestName = "{m}(a local)")]
    [TestCase("[|ThreadPool.SetMinThreads|](Many, Many);", TestName = "{m}(a readonly field)")]
    [TestCase("ThreadPool.GetMinThreads(out var workers, out var ports); [|ThreadPool.SetMinThreads|](workers * 10, ports);", TestName = "{m}(a multiple of what it was)")]
    [TestCase("ThreadPool.GetMinThreads(out var workers, out var ports); [|ThreadPool.SetMinThreads|](Math.Max(workers, 200), ports);", TestName = "{m}(at least a large number)")]
    [TestCase("[|ThreadPool.SetMinThreads|](_urgent ? 300 : 8, 8);", TestName = "{m}(a choice)")]
    [TestCase("[|ThreadPool.SetMinThreads|](_configured ?? 300, 8);", TestName = "{m}(a default)")]
    [TestCase("if (![|ThreadPool.SetMinThreads|](500, 500)) { throw new InvalidOperationException(); }", TestName = "{m}(checked)")]
    [TestCase("Action set = () => [|ThreadPool.SetMinThreads|](500, 500); set();", TestName = "{m}(a lambda)")]
    [TestCase("Set(); static bool Set() => [|ThreadPool.SetMinThreads|](500, 500);", TestName = "{m}(a local function)")]
    public Task Reports(string body) => Verify.ReportsAsync(Member($"void M() {{ {body} }}"));

    [TestCase("async Task M() { await Task.Yield(); [|ThreadPool.SetMinThreads|](500, 500); }", TestName = "{m}(async)")]
    [TestCase("static C() { [|ThreadPool.SetMinThreads|](500, 500); }", TestName = "{m}(a static constructor)")]
    public Task Reports_in_the_member(string member) => Verify.ReportsAsync(Member(member));

    [TestCase("ThreadPool.SetMinThreads(16, 16);", TestName = "{m}(a small number)")]
    [TestCase("ThreadPool.SetMinThreads(64, 64);", TestName = "{m}(the most)")]
    [TestCase("ThreadPool.SetMinThreads(Environment.ProcessorCount, Environment.ProcessorCount);", TestName = "{m}(the cores)")]
    [TestCase("ThreadPool.GetMinThreads(out var workers, out var ports); ThreadPool.SetMinThreads(8, ports); ThreadPool.SetMinThreads(workers, ports);", TestName = "{m}(set back)")]
    [TestCase("ThreadPool.GetMinThreads(out var workers, out var ports); ThreadPool.SetMinThreads(Math.Max(workers, 32), ports);", TestName = "{m}(at least a small number)")]
    [TestCase("ThreadPool.SetMinThreads(Math.Min(_cameras.Length * 4, 32), 8);", TestName = "{m}(at most a small number)")]
    [TestCase("ThreadPool.SetMinThreads(Math.Clamp(_cameras.Length, 4, 32), 8);", TestName = "{m}(a clamped number)")]
    [TestCase("ThreadPool.SetMinThreads(_setting, _setting);", TestName = "{m}(a setting)")]
    [TestCase("ThreadPool.SetMinThreads(4 * 4, 8);", TestName = "{m}(a sum of constants)")]
    [TestCase("_pool.SetMinThreads(500, 500);", TestName = "{m}(another pool)")]
    [TestCase("ThreadPool.GetMaxThreads(out var workers, out _); _ = workers;", TestName = "{m}(a question)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(Member($"void M() {{ {body} }}"));

    [TestCase("HRD2006.most_threads = 500", "ThreadPool.SetMinThreads(500, 500);")]
    [TestCase("HRD2006.most_threads = 8", "[|ThreadPool.SetMinThreads|](16, 8);")]
    [TestCase("HRD2006.most_threads = many", "ThreadPool.SetMinThreads(64, 64); [|ThreadPool.SetMinThreads|](65, 65);")]
    public Task Option_says_how_many_are_large(string option, string body) => Verify.ReportsAsync(Member($"void M() {{ {body} }}"), new() { Options = option });

    [Test]
    public Task Top_level_statements_are_reported() => Verify.ReportsAsync(
        "using System.Threading; [|ThreadPool.SetMinThreads|](500, 4);",
        message: "'Main' sets the minimum of the thread pool to '500' threads, more than 64: more threads hide what blocks them, and compete for the cores");

    [Test]
    public Task Message_says_that_the_number_is_computed() => Verify.ReportsAsync(
        Member("void Start() => [|ThreadPool.SetMaxThreads|](8, _cameras.Length * 2);"),
        message: "'Start' sets the maximum of the thread pool to '_cameras.Length * 2' threads, a computed number: more threads hide what blocks them, and compete for the cores");

    private static string Member(string member) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;

        class C(int setting)
        {
            static readonly int Many = 128;
            readonly string[] _cameras = new string[9];
            readonly int _setting = setting;
            readonly Pool _pool = new();
            int? _configured = null; bool _urgent = true;
            {{member}}
        }

        class Pool { public void SetMinThreads(int workers, int ports) { } }
        """;
}
