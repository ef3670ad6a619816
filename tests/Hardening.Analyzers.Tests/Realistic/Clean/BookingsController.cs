using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hotel.Web;

public sealed record Booking(Guid Id, string Guest, int Room, DateOnly From, DateOnly To);

public interface IBookings
{
    Task<Booking?> FindAsync(Guid id, CancellationToken token);

    Task<IReadOnlyList<Booking>> OfRoomAsync(int room, CancellationToken token);

    Task AddAsync(Booking booking, CancellationToken token);
}

public interface IMailer
{
    Task SendAsync(Booking booking, CancellationToken token);
}

/// <summary>Confirmations wait here; when too many wait, the caller is told so.</summary>
public sealed class ConfirmationQueue
{
    private readonly Channel<Booking> _channel = Channel.CreateBounded<Booking>(new BoundedChannelOptions(100) { SingleReader = true });

    public ChannelReader<Booking> Reader => _channel.Reader;

    public bool TryAdd(Booking booking) => _channel.Writer.TryWrite(booking);
}

[ApiController, Route("api/bookings")]
public sealed class BookingsController(IBookings bookings, ConfirmationQueue confirmations) : ControllerBase
{
    [HttpGet("{id:guid}")]
    public async Task<ActionResult<Booking>> Get(Guid id, CancellationToken token) =>
        await bookings.FindAsync(id, token) is { } booking ? booking : NotFound();

    [HttpGet]
    public async Task<IReadOnlyDictionary<int, int>> Occupancy([FromQuery] int[] rooms, CancellationToken token)
    {
        var nights = new Dictionary<int, int>();
        foreach (var room in rooms.Distinct().Take(20))
        {
            var booked = await bookings.OfRoomAsync(room, token);
            nights[room] = booked.Sum(booking => booking.To.DayNumber - booking.From.DayNumber);
        }

        return nights;
    }

    [HttpPost]
    public async Task<IActionResult> Post(Booking booking, CancellationToken token)
    {
        var loading = bookings.OfRoomAsync(booking.Room, token);
        var existing = bookings.FindAsync(booking.Id, token);
        await Task.WhenAll(loading, existing);
        if (existing.Result is not null || loading.Result.Any(other => other.From < booking.To && booking.From < other.To))
        {
            return Conflict();
        }

        await bookings.AddAsync(booking, token);
        return confirmations.TryAdd(booking) ? CreatedAtAction(nameof(Get), new { id = booking.Id }, booking) : Accepted(booking);
    }
}

public sealed class ConfirmationService(ConfirmationQueue queue, IMailer mailer, ILogger<ConfirmationService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var booking in queue.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await mailer.SendAsync(booking, stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                logger.LogError(failure, "Booking {Booking} is not confirmed.", booking.Id);
            }
        }
    }
}
