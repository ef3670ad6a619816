using Hardening.BrokerHost;
using Hardening.Pool;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hardening.Benchmarks.Broker.Sides;

/// <summary>Callers of a pool at the other end of a broker.</summary>
internal sealed class BrokerCallers : IMeasuredCallers
{
    private readonly MeasuredJobs _jobs;
    private readonly IHost _host;
    private readonly RabbitPool _pool;

    private BrokerCallers(MeasuredJobs jobs, IHost host, RabbitPool pool) => (_jobs, _host, _pool) = (jobs, host, pool);

    public static async Task<BrokerCallers> StartAsync(Uri broker, int prefetch, BrokerPayload payload, int callers, CancellationToken stop)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddRabbitMq(options => options.Uri = broker);
        builder.Services.AddRabbitPool(JobHost.MeasuredPool(prefetch));
        var host = builder.Build();
        try
        {
            await host.StartAsync(stop);
            return new BrokerCallers(new MeasuredJobs(payload, callers), host, host.Services.GetRequiredKeyedService<RabbitPool>(JobHost.MeasuredPool(prefetch)));
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public async ValueTask<bool> RunAsync(int caller)
    {
        var answer = await (_jobs.Frames is { } frames ? _pool.RunAsync(_jobs.Request(caller), frames.Of(caller)) : _pool.RunAsync(_jobs.Request(caller)));
        return _jobs.IsRight(caller, answer);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _jobs.Dispose();
    }
}
