using System.Buffers;
using System.Net;
using System.Text;
using Hardening.Dashboard.State;
using Hardening.Stalls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Hardening.Dashboard.Serving;

/// <summary>The paths of the dashboard. Every answer goes through one gate and has the same headers.</summary>
internal sealed partial class DashboardEndpoints(HardeningDashboard dashboard)
{
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string AnswerPolicy = "default-src 'none'; frame-ancestors 'none'";

    private const string MarkdownExtension = ".md";
    private const int LongestId = 200;

    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan DeniedLogEvery = TimeSpan.FromMinutes(1);

    private readonly EventStream _events = new(dashboard);
    private readonly Lock _gate = new();
    private readonly ILogger _logger = dashboard.Logger;
    private long? _deniedLoggedAt;
    private int _pictureAnswers;

    public void Map(RouteGroupBuilder group)
    {
        group.Map("", Guarded(PageAsync, PagePolicy, isPage: true)).WithDisplayName("Hardening dashboard");
        group.Map("{file}", Guarded(FileAsync, PagePolicy)).WithDisplayName("Hardening dashboard: files");
        group.Map("api/state", Guarded(StateAsync, AnswerPolicy)).WithDisplayName("Hardening dashboard: state");
        group.Map("api/events", Guarded(EventsAsync, AnswerPolicy)).WithDisplayName("Hardening dashboard: events").WithMetadata(new DisableRequestTimeoutAttribute());
        group.Map("api/thumbnails", Guarded(PicturesAsync, AnswerPolicy)).WithDisplayName("Hardening dashboard: pictures");
        group.Map("api/stalls/{id}", Guarded(StallAsync, AnswerPolicy)).WithDisplayName("Hardening dashboard: reports");
    }

    /// <summary>An answer of one line.</summary>
    public static Task TellAsync(HttpContext context, HttpStatusCode status, string line)
    {
        context.Response.StatusCode = (int)status;
        return AnswerAsync(context, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(line + "\n"));
    }

    private RequestDelegate Guarded(RequestDelegate answer, string policy, bool isPage = false) => context =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (RequestGate.WhyNot(context, isPage) is { } reason)
        {
            Denied(context, reason);
            return TellAsync(context, HttpStatusCode.Forbidden, reason);
        }

        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            headers.Allow = "GET, HEAD";
            return TellAsync(context, HttpStatusCode.MethodNotAllowed, "The dashboard shows, and changes nothing: GET and HEAD are all that it answers.");
        }

        return answer(context);
    };

    private static Task AnswerAsync(HttpContext context, string contentType, ReadOnlyMemory<byte> bytes)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    // The files of the page are named from its own directory, so its address ends with a slash: whatever is before it, ours or a proxy's, is left alone.
    private static Task PageAsync(HttpContext context)
    {
        var path = context.Request.PathBase.Add(context.Request.Path).ToUriComponent();
        if (path.EndsWith('/'))
        {
            return AnswerFileAsync(context, PageFiles.Index);
        }

        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers.Location = $"./{path[(path.LastIndexOf('/') + 1)..]}/{context.Request.QueryString.ToUriComponent()}";
        return Task.CompletedTask;
    }

    private static Task FileAsync(HttpContext context) => AnswerFileAsync(context, context.Request.RouteValues["file"] as string ?? "");

    private static Task AnswerFileAsync(HttpContext context, string name)
    {
        if (PageFiles.Find(name) is not { } file)
        {
            return TellAsync(context, HttpStatusCode.NotFound, "There is no such file.");
        }

        context.Response.Headers.CacheControl = "no-cache"; // kept, and asked for again whether it is the same
        context.Response.Headers.ETag = file.ETag;
        if (context.Request.Headers.IfNoneMatch.Any(tags => tags?.Split(',', StringSplitOptions.TrimEntries).Any(tag => tag == "*" || tag == file.ETag || tag == "W/" + file.ETag) is true))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return AnswerAsync(context, file.ContentType, file.Bytes);
    }

    private async Task StateAsync(HttpContext context)
    {
        StateText state;
        try
        {
            state = await dashboard.Feed.GetAsync(Fresh).WaitAsync(context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotRead(e);
            await TellAsync(context, HttpStatusCode.InternalServerError, "The state of the host cannot be read: its log says why.").ConfigureAwait(false);
            return;
        }

        await AnswerAsync(context, "application/json; charset=utf-8", state.Json).ConfigureAwait(false);
    }

    private Task EventsAsync(HttpContext context)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.ContentType = "text/event-stream";
            return Task.CompletedTask;
        }

        return _events.ServeAsync(context);
    }

    private async Task PicturesAsync(HttpContext context)
    {
        if (Interlocked.Increment(ref _pictureAnswers) > dashboard.Events.Options.MaxBrowsers)
        {
            Interlocked.Decrement(ref _pictureAnswers);
            context.Response.Headers.RetryAfter = "1";
            await TellAsync(context, HttpStatusCode.ServiceUnavailable, "Too many ask for pictures at the same time, or do not read those that they asked for.").ConfigureAwait(false);
            return;
        }

        var answer = dashboard.Pictures.Write(out var bytes);
        try
        {
            await AnswerAsync(context, "application/octet-stream", answer.AsMemory(0, bytes)).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(answer);
            Interlocked.Decrement(ref _pictureAnswers);
        }
    }

    // The reports are in memory, by their ids: nothing that a request says becomes the name of a file.
    private Task StallAsync(HttpContext context)
    {
        var id = context.Request.RouteValues["id"] as string ?? "";
        var isText = id.EndsWith(MarkdownExtension, StringComparison.Ordinal);
        id = isText ? id[..^MarkdownExtension.Length] : id;
        if (id.Length > LongestId || dashboard.Stalls.Find(id) is not { } report)
        {
            return TellAsync(context, HttpStatusCode.NotFound, $"There is no report of this stall, or no longer: the last {StallLog.Most} stalls are kept, and of their reports what there is room for.");
        }

        if (isText)
        {
            return AnswerAsync(context, "text/markdown; charset=utf-8", Encoding.UTF8.GetBytes(StallReportFile.ToMarkdown(report)));
        }

        var text = new MemoryStream();
        StallReportFile.WriteJson(report, text);
        return AnswerAsync(context, "application/json; charset=utf-8", text.GetBuffer().AsMemory(0, (int)text.Length));
    }

    // One line a minute: whoever is refused can ask as often as he likes.
    private void Denied(HttpContext context, string reason)
    {
        dashboard.Metrics.RequestDenied();
        lock (_gate)
        {
            if (_deniedLoggedAt is { } at && dashboard.Time.GetElapsedTime(at) < DeniedLogEvery)
            {
                return;
            }

            _deniedLoggedAt = dashboard.Time.GetTimestamp();
        }

        LogDenied(context.Connection.RemoteIpAddress, reason);
    }

    [LoggerMessage(6003, LogLevel.Warning, "A request from {Address} was refused: {Reason} Further ones of this minute are counted, not logged.")]
    private partial void LogDenied(IPAddress? address, string reason);

    [LoggerMessage(6004, LogLevel.Error, "The state of the host could not be read for a request.")]
    private partial void LogNotRead(Exception exception);
}
