using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Shop.Checkout;

public sealed record CartLine(string Article, int Quantity);

public sealed record Order(Guid Id, string Customer, IReadOnlyList<CartLine> Lines);

public interface IOrderQueue
{
    Task<Order> NextAsync(CancellationToken token);
}

public interface IStockService
{
    Task<bool> ReserveAsync(string article, int quantity, CancellationToken token);

    Task ReleaseAsync(string article, int quantity, CancellationToken token);
}

public interface IPayments
{
    Task<string> ChargeAsync(Order order, CancellationToken token);

    void Capture(string payment, Action<string?> done);
}

public sealed class CheckoutService(IOrderQueue queue, IStockService stock, IPayments payments, ILogger<CheckoutService> logger) : BackgroundService
{
    private long _completed;

    public long Completed => Interlocked.Read(ref _completed);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var order = await queue.NextAsync(stoppingToken);
            Start(order, stoppingToken);
        }
    }

    private void Start(Order order, CancellationToken token)
    {
        logger.LogInformation("Order {Order} of {Customer}.", order.Id, order.Customer);
        _ = Task.Run(() => CompleteAsync(order, token), token); // HRD2002
    }

    private async Task CompleteAsync(Order order, CancellationToken token)
    {
        var reserved = await ReserveAllAsync(order, token);
        if (reserved.Any(line => !line.Reserved))
        {
            await GiveBackAsync(reserved.Where(line => line.Reserved).Select(line => line.Line), token);
            return;
        }

        var payment = await payments.ChargeAsync(order, token);
        if (await CaptureAsync(payment) is { } problem)
        {
            logger.LogWarning("Order {Order}: {Problem}", order.Id, problem);
            return;
        }

        Interlocked.Increment(ref _completed);
    }

    private async Task<(CartLine Line, bool Reserved)[]> ReserveAllAsync(Order order, CancellationToken token)
    {
        var reservations = order.Lines.Select(async line => (line, await stock.ReserveAsync(line.Article, line.Quantity, token)));
        return await Task.WhenAll(reservations);
    }

    private async Task GiveBackAsync(IEnumerable<CartLine> lines, CancellationToken token)
    {
        foreach (var line in lines)
        {
            await stock.ReleaseAsync(line.Article, line.Quantity, token);
        }
    }

    private Task<string?> CaptureAsync(string payment)
    {
        var captured = new TaskCompletionSource<string?>(); // HRD2015
        payments.Capture(payment, problem => captured.TrySetResult(problem));
        return captured.Task;
    }
}
