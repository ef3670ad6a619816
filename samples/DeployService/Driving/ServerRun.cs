using DeployService.CommandLine;
using DeployService.Measuring;
using DeployService.Reporting;
using DeployService.Serving;

namespace DeployService.Driving;

/// <summary>One server under load, through SIGTERM and SIGKILL, each followed by a restart; measured, and cleaned up after.</summary>
internal sealed class ServerRun(DriveOptions options, ServerKind server, TextWriter progress, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CountLimit = TimeSpan.FromSeconds(10);
    private const int GoodRelease = 1; // one that nothing is wrong with

    private readonly RunProcesses _processes = new();
    private readonly List<ServiceProcess> _services = [];

    /// <summary>Runs it.</summary>
    public async Task<ServerReport> RunAsync(CancellationToken stop)
    {
        Say($"{options.Requests:N0} requests by {options.Concurrency} clients");
        var first = await StartAsync(stop).ConfigureAwait(false);
        var (load, endedEarly) = await LoadAsync(first, stop).ConfigureAwait(false);
        var afterLoad = await LeftProcesses.CountAsync(_processes.OfDeployments, time, stop).ConfigureAwait(false);
        var counts = await ReadCountsAsync(first, stop).ConfigureAwait(false);

        Say("SIGTERM");
        TimeSpan? stopTime = null;
        var terminated = await DisturbAsync(first, options.Requests + 1, async service => stopTime = await service.TerminateAsync(stop).ConfigureAwait(false), stop).ConfigureAwait(false);
        var afterSigterm = await LeftProcesses.CountAsync(_processes.All, time, stop).ConfigureAwait(false);

        var second = await StartAsync(stop).ConfigureAwait(false);
        Say("started again; SIGKILL");
        var killed = await DisturbAsync(second, options.Requests + 1 + BurstSize, service => service.KillAsync(stop), stop).ConfigureAwait(false);
        var afterSigkill = await LeftProcesses.CountAsync(_processes.All, time, stop).ConfigureAwait(false);

        var third = await StartAsync(stop).ConfigureAwait(false);
        Say("started again");
        var last = new LoadTally();
        await third.Clients.SendAsync([new PlannedRequest(GoodRelease, null)], 1, last, () => false, stop).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
        return new ServerReport
        {
            Server = Name,
            Load = load,
            EndedEarly = endedEarly,
            Counts = counts,
            AfterLoad = afterLoad,
            Terminated = terminated,
            StopSeconds = stopTime?.TotalSeconds,
            AfterSigterm = afterSigterm,
            Killed = killed,
            AfterSigkill = afterSigkill,
            RestartSeconds = Math.Max(second.StartTime.TotalSeconds, third.StartTime.TotalSeconds),
            WorksAgain = last.Count(RequestOutcome.Succeeded) == 1,
            LeftInTheEnd = _processes.All().Count,
        };
    }

    /// <summary>Ends the services and all that they have left behind.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_services.Select(service => service.DisposeAsync().AsTask())).ConfigureAwait(false);
        _services.Clear();
    }

    private string Name => server.ToString().ToLowerInvariant();

    // Enough that every client is busy when the signal comes.
    private int BurstSize => options.Concurrency * 3;

    private async Task<ServiceProcess> StartAsync(CancellationToken stop)
    {
        var service = await ServiceProcess.StartAsync(server, _processes.RunId, time, stop).ConfigureAwait(false);
        _services.Add(service);
        return service;
    }

    private async Task<(LoadReport Report, string? EndedEarly)> LoadAsync(ServiceProcess service, CancellationToken stop)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var tally = new LoadTally();
        var begin = time.GetTimestamp();
        var clients = service.Clients.SendAsync(PlannedRequest.Plan(1, options.Requests, options.Seed), options.Concurrency, tally, () => false, ends.Token);
        var endedEarly = await WatchAsync(clients, stop).ConfigureAwait(false);
        if (endedEarly is not null)
        {
            Say($"the load ends early: {endedEarly}");
            await ends.CancelAsync().ConfigureAwait(false);
        }

        try
        {
            await clients.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (endedEarly is not null)
        {
            // what has not ended by now is not counted
        }

        return (LoadReport.From(tally, time.GetElapsedTime(begin)), endedEarly);
    }

    // This is somebody's machine: it is not filled up to show that it can be.
    private async Task<string?> WatchAsync(Task clients, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (!clients.IsCompleted && !stop.IsCancellationRequested)
        {
            var look = timer.WaitForNextTickAsync(stop).AsTask();
            if (await Task.WhenAny(clients, look).ConfigureAwait(false) == look && _processes.OfDeployments().Count is var count && count > options.MaxProcesses)
            {
                return $"deployments had {count:N0} processes, and --max-processes is {options.MaxProcesses:N0}";
            }
        }

        return null;
    }

    // What is over on the machine may take the service a moment to count.
    private async Task<DeploymentCounts> ReadCountsAsync(ServiceProcess service, CancellationToken stop)
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            var counts = await service.ReadCountsAsync(stop).ConfigureAwait(false);
            if (counts.Received == counts.Ended || time.GetElapsedTime(begin) > CountLimit)
            {
                return counts;
            }

            await Task.Delay(LookEvery, time, stop).ConfigureAwait(false);
        }
    }

    // The signal comes when as many deployments have succeeded as there are clients: then all of them are busy with the next.
    private async Task<LoadReport> DisturbAsync(ServiceProcess service, int firstRelease, Func<ServiceProcess, Task> disturb, CancellationToken stop)
    {
        var tally = new LoadTally();
        var isOver = false;
        var begin = time.GetTimestamp();
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var requests = PlannedRequest.Plan(firstRelease, BurstSize, options.Seed).TakeWhile(_ =>
        {
            if (tally.Count(RequestOutcome.Succeeded) >= options.Concurrency)
            {
                half.TrySetResult();
            }

            return !half.Task.IsCompleted;
        });
        var clients = service.Clients.SendAsync(requests, options.Concurrency, tally, () => Volatile.Read(ref isOver), stop);
        await Task.WhenAny(half.Task, clients).ConfigureAwait(false);
        Volatile.Write(ref isOver, true);
        await disturb(service).ConfigureAwait(false);
        await clients.ConfigureAwait(false);
        return LoadReport.From(tally, time.GetElapsedTime(begin));
    }

    private void Say(string line) => progress.WriteLine($"{Name}: {line}");
}
