using System;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Iot.Gateway;

public sealed record Reading(string Sensor, double Value, DateTimeOffset At);

public interface IReadingSink
{
    Task WriteAsync(IReadOnlyList<Reading> batch, CancellationToken token);
}

/// <summary>Takes readings from many requests and writes them in batches.</summary>
public sealed class ReadingBuffer
{
    private readonly Channel<Reading> _readings = Channel.CreateBounded<Reading>(
        new BoundedChannelOptions(5_000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public bool TryAdd(Reading reading) => _readings.Writer.TryWrite(reading);

    public async Task<List<Reading>> TakeAsync(int most, TimeSpan wait, CancellationToken token)
    {
        var batch = new List<Reading>(most) { await _readings.Reader.ReadAsync(token) };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(wait);
        try
        {
            while (batch.Count < most)
            {
                batch.Add(await _readings.Reader.ReadAsync(limit.Token));
            }
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return batch;
        }

        return batch;
    }
}

public sealed class BatchWriter(ReadingBuffer buffer, IReadingSink sink) : IHostedService, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task? _writing;
    private long _lost;

    public long Lost => Interlocked.Read(ref _lost);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _writing = Task.Run(() => WriteAllAsync(_stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        if (_writing is { } writing)
        {
            await Task.WhenAny(writing, Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));
        }
    }

    public ValueTask DisposeAsync()
    {
        _stop.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task WriteAllAsync(CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            var batch = await buffer.TakeAsync(100, TimeSpan.FromSeconds(1), token);
            try
            {
                await sink.WriteAsync(batch, token);
            }
            catch (SocketException)
            {
                Interlocked.Add(ref _lost, batch.Count);
                await Task.Delay(TimeSpan.FromSeconds(5), token);
            }
        }
    }
}

public static class SensorEndpoints
{
    public static void MapSensors(this WebApplication app)
    {
        var limiter = app.Services.GetRequiredService<SemaphoreSlim>();
        app.MapPost("/readings", (Reading reading, ReadingBuffer buffer) =>
            buffer.TryAdd(reading) ? Results.Accepted() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
        app.MapPost("/bulk", async (Reading[] readings, IReadingSink sink, CancellationToken token) =>
        {
            await limiter.WaitAsync(token);
            try
            {
                await sink.WriteAsync(readings, token);
            }
            finally
            {
                limiter.Release();
            }
        });
        app.MapGet("/lost", (BatchWriter writer) => writer.Lost);
    }
}
