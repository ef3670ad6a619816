using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hardening.Processes;

namespace Hardening.TestWorker;

/// <summary>An application in need: short of descriptors or processes, with thousands of children, with a supervisor that is killed meanwhile. A command a line, a line of JSON for each.</summary>
internal sealed class Drill(Containment containment)
{
    public const string Usage = "usage: drill CONTAINMENT; then commands on standard input";

    private const int PoolThreads = 8;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ShortChildren _children = new();
    private readonly Stack<FileStream> _held = new();
    private readonly List<SupervisedProcess> _waiting = [];

    public async Task<int> RunAsync()
    {
        await WarmPoolUpAsync();
        ProcessTree.Configure(new SupervisorOptions { Containment = containment });
        while (await Console.In.ReadLineAsync() is { } line)
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(await AnswerAsync(line.Split(' '))));
        }

        return 0;
    }

    private async Task<object> AnswerAsync(string[] command) => command switch
    {
        ["status"] => ProcessTree.Status,
        ["start", var program] => await ShortChildren.RunAsync(program, redirects: false),
        ["start", var program, "redirected"] => await ShortChildren.RunAsync(program, redirects: true),
        ["bare", var program] => await BareAsync(program, redirects: false),
        ["bare", var program, "redirected"] => await BareAsync(program, redirects: true),
        ["children", var count, var atOnce] => await ShortChildren.RunAsync(Number(count), Number(atOnce)),
        ["stream", var atOnce] => _children.Begin(Number(atOnce)),
        ["streamed"] => _children.Streamed,
        ["end"] => await _children.EndAsync(),
        ["wait", var count] => Wait(Number(count)),
        ["stop", var directory, var escape] => await StopAsync(directory, escape),
        ["waited"] => await WaitedAsync(),
        ["hold", var free] => Hold(Number(free)),
        ["release"] => Release(),
        ["collect"] => Collect(),
        _ => throw new ArgumentException($"There is no command '{command[0]}'. {Usage}"),
    };

    // A runtime that cannot start a thread of its pool ends the application: they are all started before there is need.
    private static async Task WarmPoolUpAsync()
    {
        ThreadPool.SetMinThreads(PoolThreads, PoolThreads);
        using var all = new CountdownEvent(PoolThreads);
        await Task.WhenAll(Enumerable.Range(0, PoolThreads).Select(_ => Task.Run(() =>
        {
            all.Signal();
            all.Wait(Limit);
        })));
    }

    private static async Task<StartOutcome> BareAsync(string program, bool redirects)
    {
        try
        {
            using var process = Process.Start(ShortChildren.Child(program, redirects))!;
            using var limit = new CancellationTokenSource(Limit);
            try
            {
                await process.WaitForExitAsync(limit.Token);
                return new StartOutcome(process.ExitCode);
            }
            finally
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception e) // whatever it is, the test sees it
        {
            return StartOutcome.Of(e);
        }
    }

    // Takes all descriptors that the system gives, but for these.
    private int Hold(int free)
    {
        try
        {
            while (true)
            {
                _held.Push(File.OpenRead("/dev/null"));
            }
        }
        catch (IOException)
        {
            for (var i = 0; i < free; i++)
            {
                _held.Pop().Dispose();
            }
        }

        return _held.Count;
    }

    private int Release()
    {
        while (_held.TryPop(out var held))
        {
            held.Dispose();
        }

        return 0;
    }

    private int Wait(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _waiting.Add(SupervisedProcess.Start(new ProcessStartInfo("/bin/sleep", ["120"]) { RedirectStandardOutput = i % 2 == 0 }));
        }

        return _waiting.Count;
    }

    // One that tries to live on; it is stopped as soon as it stands complete.
    private static async Task<StartOutcome> StopAsync(string directory, string escape)
    {
        await using var process = SupervisedProcess.Start(Misbehaving.Child(directory, escape));
        while (!File.Exists(Path.Combine(directory, "ready")))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }

        return new StartOutcome((await process.StopAsync()).ExitCode);
    }

    private async Task<List<StartOutcome>> WaitedAsync()
    {
        foreach (var process in _waiting)
        {
            await process.WaitForExitAsync();
            await process.DisposeAsync();
        }

        return _waiting.ConvertAll(process => new StartOutcome(process.ExitCode, process.Exit!.Value.IsSupervisorLost));
    }

    private static long Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>What came of a start.</summary>
/// <param name="ExitCode">What the child gave; null when there was none.</param>
/// <param name="IsSupervisorLost">The supervisor died meanwhile.</param>
/// <param name="Type">Of the exception.</param>
/// <param name="Code">The number of a Win32Exception.</param>
/// <param name="Message">Of the exception.</param>
public sealed record StartOutcome(int? ExitCode, bool IsSupervisorLost = false, string? Type = null, int? Code = null, string? Message = null)
{
    public static StartOutcome Of(Exception e) => new(null, Type: e.GetType().Name, Code: (e as Win32Exception)?.NativeErrorCode, Message: e.ToString());
}
