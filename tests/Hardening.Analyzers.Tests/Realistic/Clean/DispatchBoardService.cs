using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Grpc.Core;

namespace Taxi.Dispatch;

public sealed record RideRequest(string Passenger, int Seconds);

public sealed record Ride(Guid Id, string Passenger, string? Driver);

public interface IDriverApp
{
    Task<bool> OfferAsync(string driver, Ride ride, CancellationToken token);
}

/// <summary>The gRPC side of the dispatcher.</summary>
public sealed class DispatchBoardService(IDriverApp drivers, DriverBoard board)
{
    public async Task<Ride> Order(RideRequest request, ServerCallContext context)
    {
        var ride = new Ride(Guid.NewGuid(), request.Passenger, null);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        limited.CancelAfter(TimeSpan.FromSeconds(request.Seconds));
        try
        {
            foreach (var driver in board.Free())
            {
                if (await drivers.OfferAsync(driver, ride, limited.Token) && board.TryAssign(driver, ride))
                {
                    return ride with { Driver = driver };
                }
            }
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            return ride;
        }

        return ride;
    }

    public async Task Watch(RideRequest request, IServerStreamWriter<Ride> responses, ServerCallContext context)
    {
        await foreach (var ride in board.RidesAsync(TimeSpan.FromSeconds(1), context.CancellationToken))
        {
            if (ride.Passenger == request.Passenger)
            {
                await responses.WriteAsync(ride, context.CancellationToken);
            }
        }
    }
}

public sealed class DriverBoard
{
    private readonly ConcurrentDictionary<string, Ride?> _drivers = new(StringComparer.Ordinal);
    private readonly object _ridesGate = new();
    private readonly List<Ride> _rides = [];

    public void SignOn(string driver) => _drivers.TryAdd(driver, null);

    public void SignOff(string driver) => _drivers.TryRemove(driver, out _);

    public IReadOnlyList<string> Free() => _drivers.Where(pair => pair.Value is null).Select(pair => pair.Key).ToList();

    public bool TryAssign(string driver, Ride ride)
    {
        if (!_drivers.TryUpdate(driver, ride, null))
        {
            return false;
        }

        lock (_ridesGate)
        {
            _rides.Add(ride with { Driver = driver });
        }

        return true;
    }

    public async IAsyncEnumerable<Ride> RidesAsync(TimeSpan every, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
    {
        var seen = 0;
        using var timer = new PeriodicTimer(every);
        while (await timer.WaitForNextTickAsync(token))
        {
            Ride[] news;
            lock (_ridesGate)
            {
                news = _rides.Skip(seen).ToArray();
                seen = _rides.Count;
            }

            foreach (var ride in news)
            {
                yield return ride;
            }
        }
    }
}
