using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using RabbitMQ.Client;

namespace Hardening.Pool.Wire;

/// <summary>A job as it goes through the broker, the body aside.</summary>
internal sealed record JobMessage
{
    private const int MaxKeyLength = 200; // of the 255 bytes that the property holds, where not all characters are of one byte
    private static readonly TimeSpan MaxRemaining = TimeSpan.FromDays(2);

    /// <summary>What an answer names.</summary>
    public required Guid Id { get; init; }

    /// <summary>What makes two jobs the same; null where nobody said.</summary>
    public string? Key { get; init; }

    /// <summary>Where an answer goes; empty where nobody waits for one.</summary>
    public string ReplyTo { get; init; } = "";

    /// <summary>When the job is not worth while any more, by the caller's clock.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>How long that was when it was sent: by no clock, so that nobody works on it for longer, however wrong the clocks are.</summary>
    public required TimeSpan Remaining { get; init; }

    public TimeSpan? SoftTimeout { get; init; }

    /// <summary>How often it may be begun; null for as often as the queue allows.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>How often it was given to hosts before this message: those that give a job back unbegun send it anew.</summary>
    public int EarlierAttempts { get; init; }

    /// <summary>How often the broker gave this message to others before.</summary>
    public int EarlierDeliveries { get; init; }

    public int Frames { get; init; }

    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    /// <summary>Which attempt this is, from 1.</summary>
    public int Attempt => EarlierAttempts + EarlierDeliveries + 1;

    /// <summary>What stands for the job in headers and logs.</summary>
    public string Name => Key ?? Id.ToString("N");

    /// <summary>Why a key cannot be sent; null where it can.</summary>
    public static string? CheckKey(string? key) => key is { Length: 0 or > MaxKeyLength } || (key is not null && System.Text.Encoding.UTF8.GetByteCount(key) > byte.MaxValue)
        ? $"must have 1 to {MaxKeyLength} characters, and 255 bytes in UTF-8, to be sent"
        : null;

    public BasicProperties ToProperties()
    {
        var headers = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [WireNames.VersionHeader] = WireNames.Version,
            [WireNames.Deadline] = Deadline.ToUnixTimeMilliseconds(),
            [WireNames.Remaining] = Milliseconds(Remaining),
        };
        Add(headers, WireNames.SoftTimeout, SoftTimeout is { } soft ? Milliseconds(soft) : null);
        Add(headers, WireNames.MaxAttempts, MaxAttempts);
        Add(headers, WireNames.Attempts, EarlierAttempts > 0 ? EarlierAttempts : null);
        Add(headers, WireNames.Frames, Frames > 0 ? Frames : null);
        Add(headers, WireNames.TraceParent, TraceParent);
        Add(headers, WireNames.TraceState, string.IsNullOrEmpty(TraceState) ? null : TraceState);
        return new BasicProperties
        {
            Type = WireNames.JobType,
            ContentType = "application/octet-stream",
            DeliveryMode = DeliveryModes.Persistent,
            CorrelationId = Id.ToString("N"),
            MessageId = Name,
            ReplyTo = ReplyTo,
            Expiration = Milliseconds(Remaining).ToString(CultureInfo.InvariantCulture),
            Headers = headers,
        };
    }

    /// <summary>Reads what a peer has written.</summary>
    /// <param name="properties">Of the message.</param>
    /// <param name="message">The job; where it cannot be read, as much of it as is needed to tell its caller.</param>
    /// <param name="error">What is wrong with it; null where nothing is.</param>
    public static bool TryRead(IReadOnlyBasicProperties properties, out JobMessage message, [NotNullWhen(false)] out string? error)
    {
        var headers = properties.Headers;
        var hasId = Guid.TryParseExact(properties.CorrelationId, "N", out var id);
        var deadline = WireHeaders.Int64(headers, WireNames.Deadline);
        var remaining = WireHeaders.Int64(headers, WireNames.Remaining);
        var frames = WireHeaders.Int64(headers, WireNames.Frames) ?? 0;
        message = new JobMessage
        {
            Id = id,
            Key = properties.MessageId is { Length: > 0 } name && name != properties.CorrelationId ? name : null,
            ReplyTo = properties.ReplyTo ?? "",
            Deadline = DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(deadline ?? 0, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())),
            Remaining = TimeSpan.FromMilliseconds(Math.Clamp(remaining ?? 0, 0, (long)MaxRemaining.TotalMilliseconds)),
            SoftTimeout = WireHeaders.Int64(headers, WireNames.SoftTimeout) is { } soft ? TimeSpan.FromMilliseconds(Math.Clamp(soft, 1, (long)MaxRemaining.TotalMilliseconds)) : null,
            MaxAttempts = WireHeaders.Count(headers, WireNames.MaxAttempts, int.MaxValue),
            EarlierAttempts = WireHeaders.Count(headers, WireNames.Attempts, 1_000_000) ?? 0,
            EarlierDeliveries = WireHeaders.Count(headers, WireNames.DeliveryCount, 1_000_000) ?? 0,
            Frames = (int)Math.Clamp(frames, 0, JobBody.MaxFrames),
            TraceParent = WireHeaders.Text(headers, WireNames.TraceParent),
            TraceState = WireHeaders.Text(headers, WireNames.TraceState),
        };
        var version = WireHeaders.Int64(headers, WireNames.VersionHeader);
        error = properties.Type != WireNames.JobType ? $"its type is '{WireHeaders.Shorten(properties.Type ?? "", 100)}' and not '{WireNames.JobType}': something else writes into this queue"
            : version != WireNames.Version ? $"its version is {version?.ToString(CultureInfo.InvariantCulture) ?? "missing"}, and this host knows {WireNames.Version}"
            : !hasId ? "its correlation id is none of ours"
            : deadline is null || remaining is null ? "it has no deadline"
            : frames is < 0 or > JobBody.MaxFrames ? $"it has {frames} frames, and may have {JobBody.MaxFrames}"
            : null;
        return error is null;
    }

    /// <summary>The trace that the job belongs to; false where it has none, or none that can be read.</summary>
    public bool TryGetTrace(out ActivityContext context) => ActivityContext.TryParse(TraceParent, TraceState, isRemote: true, out context);

    private static long Milliseconds(TimeSpan time) => Math.Max(1, (long)Math.Ceiling(time.TotalMilliseconds));

    private static void Add(Dictionary<string, object?> headers, string name, object? value)
    {
        if (value is not null)
        {
            headers[name] = value;
        }
    }
}
