using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Quality.Runner;

public sealed record TestRun(string Assembly, bool Passed, TimeSpan Took);

/// <summary>Runs each test assembly in a process of its own.</summary>
public sealed class TestRunnerHost
{
    private readonly string _host;
    private readonly Action<string> _progress;
    private readonly List<string> _crashed = [];

    public TestRunnerHost(string host, Action<string> progress) => (_host, _progress) = (host, progress);

    public IReadOnlyList<string> Crashed => _crashed;

    public async Task<List<TestRun>> RunAsync(IEnumerable<string> assemblies, CancellationToken token)
    {
        var runs = new List<TestRun>();
        foreach (var assembly in assemblies)
        {
            token.ThrowIfCancellationRequested();
            runs.Add(await RunOneAsync(assembly, token));
        }

        return runs;
    }

    public void StartAll(IEnumerable<string> assemblies, string results)
    {
        foreach (var assembly in assemblies)
        {
            using var host = Process.Start(new ProcessStartInfo(_host) // HRD3007
            {
                ArgumentList = { "exec", assembly, "--results", Path.Combine(results, Path.GetFileNameWithoutExtension(assembly)) },
            });
            _progress($"{assembly}: {host?.Id}");
        }
    }

    public string List(string assembly)
    {
        using var host = new Process();
        host.StartInfo.FileName = _host;
        host.StartInfo.ArgumentList.Add("list");
        host.StartInfo.ArgumentList.Add(assembly);
        host.StartInfo.RedirectStandardOutput = true;
        host.StartInfo.RedirectStandardError = true; // HRD3006
        host.Start();
        var names = host.StandardOutput.ReadToEnd();
        if (!host.WaitForExit(30_000))
        {
            host.Kill(entireProcessTree: true);
        }

        return names;
    }

    private async Task<TestRun> RunOneAsync(string assembly, CancellationToken token)
    {
        var clock = Stopwatch.StartNew();
        var info = new ProcessStartInfo(_host, ["exec", assembly]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var host = Process.Start(info) ?? throw new InvalidOperationException($"{_host} did not start.");
        var output = host.StandardOutput.ReadToEndAsync(token);
        var errors = host.StandardError.ReadToEndAsync(token);
        try
        {
            await host.WaitForExitAsync(token); // HRD3005
        }
        catch (OperationCanceledException)
        {
            _progress($"{assembly} was cancelled");
            throw;
        }

        if (host.ExitCode > 1)
        {
            _crashed.Add(assembly);
            _progress(await errors);
        }

        _progress((await output).Split('\n').LastOrDefault(line => line.Length > 0) ?? "");
        return new TestRun(assembly, host.ExitCode == 0, clock.Elapsed);
    }
}
