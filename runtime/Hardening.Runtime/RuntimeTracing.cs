using System.Diagnostics;

namespace Hardening;

/// <summary>The one source of spans of the runtime. While nobody listens, nothing is made and nothing allocated.</summary>
internal static class RuntimeTracing
{
    public const string Name = "Hardening.Runtime";

    private const int ShownCharacters = 512; // of a message: a span is no log

    /// <summary>Lives as long as the process.</summary>
    public static readonly ActivitySource Source = new(Name, typeof(RuntimeTracing).Assembly.GetName().Version?.ToString(3));

    /// <summary>Whether anybody listens, whatever he samples.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>Starts a span that ends on any thread: it is the present one of none.</summary>
    /// <param name="name">Of few values.</param>
    /// <param name="kind">What it is to its parent.</param>
    /// <param name="tags">What a sampler may decide by.</param>
    /// <param name="isRoot">Whether it begins a trace, whatever the present span; else that is its parent.</param>
    /// <param name="start">When it began; null: now.</param>
    /// <returns>Null where nobody wants it.</returns>
    public static Activity? StartApart(string name, ActivityKind kind, KeyValuePair<string, object?>[] tags, bool isRoot, DateTimeOffset? start = null)
    {
        var present = Activity.Current;
        if (isRoot && present is not null)
        {
            Activity.Current = null;
        }

        var span = Source.CreateActivity(name, kind, default(ActivityContext), tags, links: null, ActivityIdFormat.W3C);
        if (span is not null)
        {
            _ = start is { } began ? span.SetStartTime(began.UtcDateTime) : span;
            span.Start();
        }

        if (Activity.Current != present)
        {
            Activity.Current = present;
        }

        return span;
    }

    /// <summary>Ends a span of <see cref="StartApart"/>, and leaves the present one of this thread as it is.</summary>
    public static void StopApart(Activity span, DateTimeOffset end)
    {
        var present = Activity.Current;
        span.SetEndTime(end.UtcDateTime);
        span.Stop();
        Activity.Current = present;
    }

    /// <summary>Notes on a span that what it is about has failed.</summary>
    /// <param name="span">Which.</param>
    /// <param name="type">Of the error: of few values.</param>
    /// <param name="message">For people.</param>
    public static void Fail(Activity span, string type, string message)
    {
        span.SetTag("error.type", type);
        span.SetStatus(ActivityStatusCode.Error, message.Length <= ShownCharacters ? message : string.Concat(message.AsSpan(0, ShownCharacters), "…"));
    }

    /// <summary>Notes on a span what was thrown within it.</summary>
    public static void Fail(Activity span, Exception exception)
    {
        Fail(span, exception.GetType().FullName ?? exception.GetType().Name, exception.Message);
        span.AddException(exception);
    }
}
