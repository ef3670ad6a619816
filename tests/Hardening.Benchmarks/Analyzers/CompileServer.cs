using System.Diagnostics;
using Hardening.Benchmarks.Measuring;
using Hardening.Processes;

namespace Hardening.Benchmarks.Analyzers;

/// <summary>A build server of our own: what a build of many projects pays once is paid before the first round that counts.</summary>
internal sealed class CompileServer : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    private readonly string _pipe;
    private readonly SupervisedProcess _process;

    private CompileServer(string pipe, SupervisedProcess process) => (_pipe, _process) = (pipe, process);

    /// <summary>What sends a compile here. Should the compiler find no server, it starts one of its own, which then ends by itself; <see cref="Cpu"/> shows it.</summary>
    public IEnumerable<string> Arguments => [$"/shared:{_pipe}", "/keepalive:120"];

    /// <summary>CPU time up to now.</summary>
    public TimeSpan Cpu => _process.HasExited ? throw new BenchmarkException($"the build server has ended with {_process.ExitCode}") : _process.TotalProcessorTime;

    private string Place => $"/tmp/{_pipe}";

    public static async Task<CompileServer> StartAsync(CancellationToken stop)
    {
        var pipe = $"hardening-benchmarks-{Guid.NewGuid():N}";
        var program = Path.Combine(Path.GetDirectoryName(BuildFacts.Compiler)!, "VBCSCompiler.dll");
        var start = new ProcessStartInfo(BuildFacts.Dotnet, [program, $"-pipename:{pipe}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var server = new CompileServer(pipe, SupervisedProcess.Start(start));
        try
        {
            // Asking it whether it listens would end it: it takes every caller for a compile.
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(StartLimit);
            using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            while (!File.Exists(server.Place))
            {
                await look.WaitForNextTickAsync(limit.Token);
            }

            return server;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            server.Dispose();
            throw new BenchmarkException($"the build server does not listen within {StartLimit}");
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit(KillLimit);
        File.Delete(Place); // killed, it leaves its socket
        _process.Dispose();
    }
}
