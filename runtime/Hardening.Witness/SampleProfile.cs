using System.Diagnostics.Tracing;
using System.Net.Sockets;
using Hardening.Stalls.Protocol;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing.Etlx;

namespace Hardening.Witness;

/// <summary>
/// Takes stacks by the runtime's own sample profiler, through its diagnostic port: where the system does not permit to look at the threads. It knows no locks, and says nothing while the runtime itself stands still.
/// </summary>
internal sealed class SampleProfile(int ownerId, WitnessWelcome welcome, SourceLines lines)
{
    public const string Source = "sample profiler";

    private const string Profiler = "Microsoft-DotNETCore-SampleProfiler";
    private const int BufferMegabytes = 64;
    private static readonly TimeSpan SampleTime = TimeSpan.FromMilliseconds(200);

    /// <param name="number">That of the request.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="threadIds">The threads that matter most: they come first.</param>
    /// <exception cref="TimeoutException">It does not come to its end: only that of the witness ends it.</exception>
    public WitnessAnswer Take(int number, TimeSpan limit, IReadOnlyList<int> threadIds)
    {
        var answer = new WitnessAnswer { Number = number, Source = Source };
        if (limit <= SampleTime)
        {
            return answer with { Missing = $"There was no time left for the runtime's sample profiler, which takes about a second: raise the limit of the request, which left {Math.Max(0, limit.TotalMilliseconds):N0} ms." };
        }

        string? failure = null;
        var work = new Thread(() =>
        {
            try
            {
                answer = Sample(number, threadIds);
            }
            catch (Exception e)
            {
                failure = Explain(e);
            }
        }) { Name = "sample profile", IsBackground = true };
        work.Start();
        return !work.Join(limit) ? throw new TimeoutException($"The runtime's sample profiler did not answer within {limit.TotalMilliseconds:N0} ms: the runtime itself may stand still.")
            : failure is null ? answer : answer with { Missing = failure };
    }

    private WitnessAnswer Sample(int number, IReadOnlyList<int> threadIds)
    {
        var trace = Path.Combine(Path.GetTempPath(), $"hardening-witness-{Environment.ProcessId}-{Guid.NewGuid():N}.nettrace");
        var log = Path.ChangeExtension(trace, ".etlx");
        try
        {
            Record(trace);
            TraceLog.CreateFromEventPipeDataFile(trace, log, new TraceLogOptions { ContinueOnError = true });
            using var read = TraceLog.OpenOrConvert(log);
            return Read(read, number, threadIds);
        }
        finally
        {
            File.Delete(trace);
            File.Delete(log);
        }
    }

    private void Record(string path)
    {
        using var session = new DiagnosticsClient(ownerId).StartEventPipeSession([new EventPipeProvider(Profiler, EventLevel.Informational)], requestRundown: true, BufferMegabytes);
        using var file = File.Create(path);
        using var stop = new Timer(static session => ((EventPipeSession)session!).Stop(), session, SampleTime, Timeout.InfiniteTimeSpan);
        session.EventStream.CopyTo(file); // ends when the session was stopped, and the names of methods have come
    }

    private WitnessAnswer Read(TraceLog log, int number, IReadOnlyList<int> threadIds)
    {
        Dictionary<int, CallStackIndex> stacks = []; // the last of each thread
        foreach (var sample in log.Events.Where(sample => sample.ProviderName == Profiler))
        {
            if (sample.CallStackIndex() is var stack and not CallStackIndex.Invalid)
            {
                stacks[sample.ThreadID] = stack;
            }
        }

        List<int> order = [.. threadIds.Where(stacks.ContainsKey).Distinct()];
        order.AddRange(stacks.Keys.Except(order).ToList());
        var result = new WalkResult
        {
            Threads = [.. order.Take(welcome.MaxThreads).Select(thread => (thread, (IReadOnlyList<RawFrame>)Frames(log, stacks[thread])))],
            Missing = stacks.Count == 0 ? "The runtime's sample profiler gave no stack." : null,
        };
        return new AnswerBuilder(lines).Build(number, Source, result);
    }

    private List<RawFrame> Frames(TraceLog log, CallStackIndex stack)
    {
        List<RawFrame> frames = [];
        for (var at = stack; at != CallStackIndex.Invalid && frames.Count < welcome.MaxFrames; at = log.CallStacks.Caller(at))
        {
            var address = log.CallStacks.CodeAddressIndex(at);
            var method = log.CodeAddresses.MethodIndex(address);
            if (method == MethodIndex.Invalid || MethodText.Of(type: null, WithoutSignature(log.CodeAddresses.Methods.FullMethodName(method))) is not { } name)
            {
                continue;
            }

            var module = log.CodeAddresses.Methods.MethodModuleFileIndex(method);
            frames.Add(new RawFrame(name, module == ModuleFileIndex.Invalid ? null : log.ModuleFiles[module].FilePath, log.CodeAddresses.Methods.MethodToken(method), log.CodeAddresses.ILOffset(address)));
        }

        return frames;
    }

    private static string WithoutSignature(string method) => method.IndexOf('(', StringComparison.Ordinal) is var end and > 0 ? method[..end] : method;

    private string Explain(Exception e) => e switch
    {
        ServerNotAvailableException when e.InnerException is UnauthorizedAccessException or SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            "The runtime's sample profiler cannot be asked: its diagnostic port is another user's. Run the witness as the user of the application.",
        ServerNotAvailableException =>
            $"The runtime's sample profiler cannot be asked: the application has no diagnostic port that the witness can reach ({e.Message.TrimEnd('.')}). Do not set DOTNET_EnableDiagnostics=0, and give both the same TMPDIR.",
        _ => $"The runtime's sample profiler failed for process {ownerId} ({e.GetType().Name}: {e.Message.TrimEnd('.')}).",
    };
}
