using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.RateLimiting;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;

namespace Gateway.Limits;

/// <summary>A bucket of tokens that fills by itself; whoever finds it empty is told when to come again.</summary>
public sealed class TokenBucket
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly double _perSecond;
    private readonly double _capacity;
    private double _tokens;
    private long _filled;

    public TokenBucket(double perSecond, double capacity, TimeProvider time)
    {
        (_perSecond, _capacity, _time) = (perSecond, capacity, time);
        _tokens = capacity;
        _filled = time.GetTimestamp();
    }

    public TimeSpan TryTake(double amount = 1)
    {
        lock (_gate)
        {
            Fill();
            if (_tokens >= amount)
            {
                _tokens -= amount;
                return TimeSpan.Zero;
            }

            return TimeSpan.FromSeconds((amount - _tokens) / _perSecond);
        }
    }

    public async Task TakeAsync(double amount, CancellationToken token)
    {
        while (TryTake(amount) is var wait && wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, _time, token);
        }
    }

    private void Fill()
    {
        var now = _time.GetTimestamp();
        _tokens = Math.Min(_capacity, _tokens + _time.GetElapsedTime(_filled, now).TotalSeconds * _perSecond);
        _filled = now;
    }
}

public sealed class ApiLimiterMiddleware(RequestDelegate next, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, TokenBucket> _buckets = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _concurrent = new(256, 256);
    private readonly FixedWindowRateLimiter _total = new(new FixedWindowRateLimiterOptions
    {
        PermitLimit = 5_000,
        Window = TimeSpan.FromSeconds(1),
        QueueLimit = 100,
    });

    public async Task InvokeAsync(HttpContext context)
    {
        var key = context.Request.Headers["X-Api-Key"].ToString();
        var wait = _buckets.GetOrAdd(key, _ => new TokenBucket(20, 40, time)).TryTake();
        using var lease = await _total.AcquireAsync(1, context.RequestAborted);
        if (wait > TimeSpan.Zero || !lease.IsAcquired)
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = Math.Ceiling(Math.Max(wait.TotalSeconds, 1)).ToString("F0");
            return;
        }

        if (!await _concurrent.WaitAsync(TimeSpan.FromSeconds(2), context.RequestAborted))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        try
        {
            await next(context);
        }
        finally
        {
            _concurrent.Release();
        }
    }

    public void Dispose()
    {
        _total.Dispose();
        _concurrent.Dispose();
    }
}
