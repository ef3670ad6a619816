using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Ci.Agent;

public sealed record Step(string Tool, string[] Arguments, TimeSpan Limit);

public sealed record StepResult(Step Step, int ExitCode, IReadOnlyList<string> Output);

/// <summary>Starts at most so many steps; a slot comes back when its step has ended, wherever that is noticed.</summary>
public sealed class BuildAgent : IDisposable
{
    private readonly SemaphoreSlim _slots;
    private readonly ConcurrentDictionary<string, int> _runs = new(StringComparer.Ordinal);
    private readonly int _most;

    public BuildAgent(int most)
    {
        _most = most;
        _slots = new SemaphoreSlim(most, most);
    }

    public int Running => _most - _slots.CurrentCount;

    public async Task<IReadOnlyList<StepResult>> RunAllAsync(IReadOnlyList<Step> steps, CancellationToken token)
    {
        var running = new List<Task<StepResult>>();
        foreach (var step in steps)
        {
            await _slots.WaitAsync(token);
            running.Add(Task.Run(() => RunInSlotAsync(step, token), CancellationToken.None));
        }

        return await Task.WhenAll(running);
    }

    public Task<StepResult>? TryStart(Step step, CancellationToken token)
    {
        if (!_slots.Wait(0, token))
        {
            return null;
        }

        return RunInSlotAsync(step, token);
    }

    public async Task<bool> DrainAsync(TimeSpan patience)
    {
        var taken = 0;
        var clock = Stopwatch.StartNew();
        while (taken < _most && clock.Elapsed < patience)
        {
            if (await _slots.WaitAsync(TimeSpan.FromMilliseconds(100)))
            {
                taken++;
            }
        }

        _slots.Release(taken);
        return taken == _most;
    }

    public string[] Tools() => _runs.Where(run => run.Value > 0).Select(run => run.Key).ToArray();

    public void Dispose() => _slots.Dispose();

    private async Task<StepResult> RunInSlotAsync(Step step, CancellationToken token)
    {
        try
        {
            _runs.AddOrUpdate(step.Tool, 1, static (_, count) => count + 1);
            return await RunAsync(step, token);
        }
        finally
        {
            _slots.Release();
        }
    }

    private static async Task<StepResult> RunAsync(Step step, CancellationToken token)
    {
        var info = new ProcessStartInfo(step.Tool, step.Arguments) { RedirectStandardOutput = true };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(step.Limit);
        using var process = Process.Start(info) ?? throw new InvalidOperationException($"{step.Tool} did not start.");
        var output = new List<string>();
        try
        {
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                output.Add(line);
            }

            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            using var grace = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await process.WaitForExitAsync(grace.Token);
            throw;
        }

        return new StepResult(step, process.ExitCode, output);
    }
}
