using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Supervision;

public sealed record WorkerCommand(string Program, string Queue);

/// <summary>Keeps one worker process alive: it is started again with a growing pause, and ends with this service.</summary>
public sealed class WorkerSupervisor(WorkerCommand command, ILogger<WorkerSupervisor> logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Healthy = TimeSpan.FromMinutes(5);

    private int _restarts;

    public int Restarts => Volatile.Read(ref _restarts);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = TimeSpan.FromSeconds(1);
        while (!stoppingToken.IsCancellationRequested)
        {
            var clock = Stopwatch.StartNew();
            var exitCode = await RunOnceAsync(stoppingToken);
            pause = clock.Elapsed > Healthy ? TimeSpan.FromSeconds(1) : Min(pause * 2, LongestPause);
            logger.LogWarning("The worker of {Queue} ended with {ExitCode}; next start in {Pause}", command.Queue, exitCode, pause);
            Interlocked.Increment(ref _restarts);
            await Task.Delay(pause + Jitter(), stoppingToken);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        logger.LogInformation("The worker of {Queue} is being ended", command.Queue);
        await base.StopAsync(cancellationToken);
        logger.LogInformation("The worker of {Queue} was started again {Restarts} times", command.Queue, Restarts);
    }

    private async Task<int> RunOnceAsync(CancellationToken token)
    {
        var info = new ProcessStartInfo(command.Program) { ArgumentList = { "--queue", command.Queue } };
        using var worker = Process.Start(info) ?? throw new InvalidOperationException($"{command.Program} did not start.");
        try
        {
            await worker.WaitForExitAsync(token);
            return worker.ExitCode;
        }
        finally
        {
            await EndAsync(worker);
        }
    }

    private async Task EndAsync(Process worker)
    {
        if (worker.HasExited)
        {
            return;
        }

        worker.Kill(entireProcessTree: true);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await worker.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            logger.LogError("Worker {Id} does not end", worker.Id);
        }
    }

    private static TimeSpan Jitter() => TimeSpan.FromMilliseconds(Random.Shared.Next(0, 500));

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
