using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Hardening.Dashboard.Serving;

/// <summary>Tells one browser what happens, until it goes, takes nothing for too long, or the host stops.</summary>
internal sealed partial class EventStream(HardeningDashboard dashboard)
{
    private static readonly TimeSpan CommentAfter = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(250);

    private readonly ILogger _logger = dashboard.Logger;

    public async Task ServeAsync(HttpContext context)
    {
        var hub = dashboard.Events;
        using var browser = hub.Stopping.IsCancellationRequested ? null : hub.TryJoin();
        if (browser is null)
        {
            context.Response.Headers.RetryAfter = "10";
            await DashboardEndpoints.TellAsync(context, HttpStatusCode.ServiceUnavailable, hub.Stopping.IsCancellationRequested
                ? "The host stops."
                : $"{hub.Options.MaxBrowsers} browsers look at the dashboard, and it takes no more: close one, or raise {HardeningDashboardOptions.SectionName}:{nameof(HardeningDashboardOptions.MaxBrowsers)}.").ConfigureAwait(false);
            return;
        }

        try
        {
            await TellAsync(context, hub, browser).ConfigureAwait(false);
        }
        finally
        {
            hub.Leave(browser);
        }
    }

    private async Task TellAsync(HttpContext context, EventHub hub, Browser browser)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // a proxy keeps nothing back
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null; // the limit below is ours, and counted
        }

        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, dashboard.Time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted, hub.Stopping);
        try
        {
            await WriteAsync(context, hub, limit, ServerSentEvent.Retry, end.Token).ConfigureAwait(false);
            var first = await dashboard.Feed.GetAsync(Fresh).WaitAsync(end.Token).ConfigureAwait(false);
            await WriteAsync(context, hub, limit, first.Event, end.Token).ConfigureAwait(false);
            while (true)
            {
                var next = await browser.NextAsync(CommentAfter, end.Token).ConfigureAwait(false);
                await WriteAsync(context, hub, limit, next ?? ServerSentEvent.Comment, end.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            if (limit.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested && !hub.Stopping.IsCancellationRequested)
            {
                dashboard.Metrics.BrowserCut();
                LogCut(context.Connection.RemoteIpAddress, hub.Options.BrowserTimeout);
                context.Abort();
            }
        }
        catch (IOException)
        {
            // it has gone
        }
    }

    private static async Task WriteAsync(HttpContext context, EventHub hub, CancellationTokenSource limit, ReadOnlyMemory<byte> text, CancellationToken end)
    {
        limit.CancelAfter(hub.Options.BrowserTimeout);
        await context.Response.Body.WriteAsync(text, end).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(end).ConfigureAwait(false);
        limit.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(6002, LogLevel.Information, "A browser at {Address} took nothing for {Limit} and was cut off.")]
    private partial void LogCut(IPAddress? address, TimeSpan limit);
}
