using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Grpc.Core;

namespace Fleet.Telemetry;

public sealed record Position(string Vehicle, double Latitude, double Longitude, DateTimeOffset At);

public sealed record Subscription(string Vehicle, int Seconds);

public sealed record Summary(int Count);

public interface IPositionSource
{
    Task<Position> NextAsync(string vehicle, CancellationToken token);

    IEnumerable<Position> History(string vehicle);
}

/// <summary>The gRPC side of the fleet: vehicles are watched, their history is replayed.</summary>
public sealed class TelemetryService(IPositionSource source, CancellationToken stopping)
{
    private readonly ConcurrentDictionary<string, Position> _last = new();

    public async Task Watch(Subscription request, IServerStreamWriter<Position> responses, ServerCallContext context)
    {
        var linked = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.CancellationToken); // HRD2016
        linked.CancelAfter(TimeSpan.FromSeconds(request.Seconds));
        while (!linked.IsCancellationRequested)
        {
            var position = await source.NextAsync(request.Vehicle, linked.Token);
            _last[position.Vehicle] = position;
            await responses.WriteAsync(position, linked.Token);
        }
    }

    public async Task Replay(Subscription request, IServerStreamWriter<Position> responses, ServerCallContext context)
    {
        var positions = Channel.CreateBounded<Position>(64);
        StartReplay(request.Vehicle, positions.Writer);
        await foreach (var position in positions.Reader.ReadAllAsync(context.CancellationToken))
        {
            await responses.WriteAsync(position, context.CancellationToken);
        }
    }

    public Task<Summary> Count(Subscription request, ServerCallContext context) => Task.FromResult(new Summary(_last.Count));

    public async Task<Position?> Last(Subscription request, ServerCallContext context)
    {
        if (_last.TryGetValue(request.Vehicle, out var known))
        {
            return known;
        }

        return await NextWithinAsync(request.Vehicle, TimeSpan.FromSeconds(2));
    }

    private async Task<Position?> NextWithinAsync(string vehicle, TimeSpan limit)
    {
        try
        {
            return await source.NextAsync(vehicle, new CancellationTokenSource(limit).Token); // HRD2016
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private void StartReplay(string vehicle, ChannelWriter<Position> writer)
    {
        Task.Factory.StartNew(() => Feed(vehicle, writer), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default); // HRD2002
    }

    private void Feed(string vehicle, ChannelWriter<Position> writer)
    {
        foreach (var position in source.History(vehicle))
        {
            if (!writer.TryWrite(position))
            {
                break;
            }
        }

        writer.Complete();
    }
}
