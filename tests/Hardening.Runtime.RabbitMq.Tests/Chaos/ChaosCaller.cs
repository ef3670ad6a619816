using System.Globalization;
using Hardening.BrokerHost;
using Hardening.BrokerHost.Chaos;
using Hardening.Messaging;
using Hardening.Pool;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hardening.Runtime.RabbitMq.Tests.Chaos;

/// <summary>Who has the jobs done: a host of its own, in this process, whose pool is at the other end of the broker.</summary>
internal sealed class ChaosCaller : IAsyncDisposable
{
    /// <summary>As often as a job may be given to hosts: more often than it can well be under way when something ends.</summary>
    public const int MaxDeliveries = 6;

    private readonly IHost _host;
    private readonly RabbitPool<ChaosRequest, ChaosResult> _pool;

    private ChaosCaller(IHost host)
    {
        _host = host;
        _pool = host.Services.GetRequiredKeyedService<RabbitPool<ChaosRequest, ChaosResult>>(JobHost.ChaosPool);
    }

    /// <summary>Results that were dropped, since their job had one.</summary>
    public long Duplicates => _pool.Statistics.Duplicates;

    /// <summary>What a host of the run is told.</summary>
    public static IEnumerable<string> HostConfiguration(Uri broker, int workers) =>
    [
        $"--Hardening:RabbitMq:Uri={broker.AbsoluteUri}", "--Hardening:RabbitMq:MaxReconnectDelay=00:00:01", "--Hardening:RabbitMq:Required=false", // one may start while the broker is away
        $"--Hardening:RabbitPool:{JobHost.ChaosPool}:MaxDeliveries={MaxDeliveries}",
        $"--Hardening:ProcessPool:{JobHost.ChaosPool}:Workers={workers}",
    ];

    /// <param name="broker">The broker's address.</param>
    /// <param name="buffer">How many jobs may wait here while the broker is away.</param>
    /// <param name="timeout">The test's.</param>
    public static async Task<ChaosCaller> StartAsync(Uri broker, int buffer, CancellationToken timeout)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddRabbitMq(options => (options.Uri, options.MaxReconnectDelay) = (broker, TimeSpan.FromSeconds(1)));
        builder.Services.AddRabbitPool(JobHost.ChaosPool, ChaosContract.Json, pool => (pool.MaxDeliveries, pool.BufferCapacity) = (MaxDeliveries, buffer));
        var host = builder.Build();
        try
        {
            await host.StartAsync(timeout);
            return new ChaosCaller(host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Has one job done, and says how it ended.</summary>
    public async Task<(ChaosEnd How, string? Why)> RunAsync(ChaosRequest request, CancellationToken timeout)
    {
        try
        {
            var result = await _pool.RunAsync(request, new JobOptions { Key = Key(request.Number) }, timeout);
            return (result.Number, result.Value) == (request.Number, ChaosResult.ValueOf(request.Number)) ? (ChaosEnd.Succeeded, null) : (ChaosEnd.None, $"a wrong answer: {result}");
        }
        catch (JobFailedException e)
        {
            return e.ErrorMessage == request.Number.ToString(CultureInfo.InvariantCulture) ? (ChaosEnd.Failed, null) : (ChaosEnd.None, $"the failure of another job: {e.Message}");
        }
        catch (PoisonJobException e)
        {
            return (ChaosEnd.DeadLettered, $"{e.Message} {e.InnerException?.Message}");
        }
        catch (Exception e) when (e is PoolFullException or BrokerUnavailableException { Failure: BrokerFailure.BufferFull })
        {
            return (ChaosEnd.Rejected, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return (ChaosEnd.None, e.ToString());
        }
    }

    /// <summary>What the pool has counted must be what its callers have seen.</summary>
    public void CheckCounts(ChaosLedger seen, int jobs, Func<string, string> text)
    {
        var end = _pool.Statistics;
        Assert.That(end.Submitted, Is.EqualTo(jobs), () => text($"counted: {end}"));
        Assert.That((end.Succeeded, end.Failed, end.DeadLettered, end.Rejected),
            Is.EqualTo(((long)seen.Of(ChaosEnd.Succeeded), (long)seen.Of(ChaosEnd.Failed), (long)seen.Of(ChaosEnd.DeadLettered), (long)seen.Of(ChaosEnd.Rejected))), () => text($"counted: {end}"));
        Assert.That((end.TimedOut, end.Cancelled, end.Buffered, end.Pending), Is.EqualTo((0L, 0L, 0L, 0L)), () => text($"counted: {end}"));
        Assert.That(end.Malformed, Is.Zero, () => text($"counted: {end}"));
    }

    public static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"job-{number}");

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
