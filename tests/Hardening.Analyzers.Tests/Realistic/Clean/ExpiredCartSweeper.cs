using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Shop.Carts;

public sealed class SweepOptions
{
    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(5);

    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(2);

    public int BatchSize { get; set; } = 200;
}

public interface ICartRepository
{
    Task<IReadOnlyList<Guid>> ExpiredAsync(DateTimeOffset before, int limit, CancellationToken token);

    Task DeleteAsync(Guid cart, CancellationToken token);
}

/// <summary>Deletes carts that nobody came back for.</summary>
public sealed class ExpiredCartSweeper(
    IServiceScopeFactory scopes, IOptions<SweepOptions> options, TimeProvider time, ILogger<ExpiredCartSweeper> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Every, time);
        try
        {
            do
            {
                await SweepSafelyAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            logger.LogInformation("The sweeper has stopped.");
        }
    }

    private async Task SweepSafelyAsync(CancellationToken token)
    {
        try
        {
            var deleted = await SweepAsync(token);
            if (deleted > 0)
            {
                logger.LogInformation("{Count} carts are deleted.", deleted);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logger.LogError(failure, "The sweep failed.");
        }
    }

    private async Task<int> SweepAsync(CancellationToken token)
    {
        await using var scope = scopes.CreateAsyncScope();
        var carts = scope.ServiceProvider.GetRequiredService<ICartRepository>();
        var before = time.GetUtcNow() - options.Value.Lifetime;
        var deleted = 0;
        while (true)
        {
            var batch = await carts.ExpiredAsync(before, options.Value.BatchSize, token);
            await Parallel.ForEachAsync(
                batch,
                new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = token },
                async (cart, cancelled) => await carts.DeleteAsync(cart, cancelled));
            deleted += batch.Count;
            if (batch.Count < options.Value.BatchSize)
            {
                return deleted;
            }
        }
    }
}
