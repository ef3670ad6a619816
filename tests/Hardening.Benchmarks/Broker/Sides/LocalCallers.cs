using Hardening.BrokerHost.Measured;
using Hardening.Pool;

namespace Hardening.Benchmarks.Broker.Sides;

/// <summary>Callers of a pool in their own process.</summary>
internal sealed class LocalCallers : IMeasuredCallers
{
    private readonly MeasuredJobs _jobs;
    private readonly ProcessPool _pool;

    private LocalCallers(MeasuredJobs jobs, ProcessPool pool) => (_jobs, _pool) = (jobs, pool);

    public static async Task<LocalCallers> StartAsync(BrokerPayload payload, int callers, CancellationToken stop)
    {
        var local = new LocalCallers(
            new MeasuredJobs(payload, callers), new ProcessPool("local", WorkerCommand.ThisApplication<MeasuredHandler>(), new ProcessPoolOptions { Workers = BrokerCases.Workers, SpareWorkers = 0 }));
        try
        {
            await local._pool.StartAsync(stop);
            return local;
        }
        catch
        {
            await local.DisposeAsync();
            throw;
        }
    }

    public async ValueTask<bool> RunAsync(int caller)
    {
        using var result = await (_jobs.Frames is { } frames ? _pool.RunAsync(_jobs.Request(caller), frames.Of(caller)) : _pool.RunAsync(_jobs.Request(caller)));
        return _jobs.IsRight(caller, result.Payload);
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        _jobs.Dispose();
    }
}
