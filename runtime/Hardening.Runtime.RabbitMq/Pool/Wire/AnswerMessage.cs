using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using RabbitMQ.Client;

namespace Hardening.Pool.Wire;

/// <summary>How a job ended, as its host tells the caller.</summary>
internal enum AnswerOutcome
{
    /// <summary>The body is the result.</summary>
    Succeeded,

    /// <summary>The job threw.</summary>
    Failed,

    /// <summary>It ran on a worker for longer than it may.</summary>
    TimedOut,

    /// <summary>Its deadline passed.</summary>
    Expired,

    /// <summary>It lies in the queue of dead letters.</summary>
    DeadLettered,
}

/// <summary>An answer as it goes through the broker.</summary>
/// <param name="Job">Which job's.</param>
/// <param name="Id">Its own, by which the same answer that comes twice is told from a second one.</param>
/// <param name="Key">What the job is called.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Body">The result, or a <see cref="RemoteFailure"/>.</param>
internal sealed record AnswerMessage(Guid Job, Guid Id, string Key, AnswerOutcome Outcome, ReadOnlyMemory<byte> Body)
{
    public BasicProperties ToProperties() => new()
    {
        Type = WireNames.AnswerType,
        ContentType = Outcome == AnswerOutcome.Succeeded ? "application/octet-stream" : "application/json",
        DeliveryMode = DeliveryModes.Persistent,
        CorrelationId = Job.ToString("N"),
        MessageId = Key,
        Headers = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [WireNames.VersionHeader] = WireNames.Version,
            [WireNames.Outcome] = Name(Outcome),
            [WireNames.Answer] = Id.ToString("N"),
        },
    };

    /// <summary>Reads what a peer has written.</summary>
    /// <param name="properties">Of the message.</param>
    /// <param name="body">Its bytes, which must stay.</param>
    /// <param name="maxBytes">The longest result.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="error">What is wrong with it.</param>
    public static bool TryRead(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, int maxBytes, [NotNullWhen(true)] out AnswerMessage? answer, [NotNullWhen(false)] out string? error)
    {
        (answer, error) = (null, null);
        var headers = properties.Headers;
        if (properties.Type != WireNames.AnswerType || WireHeaders.Int64(headers, WireNames.VersionHeader) != WireNames.Version)
        {
            error = "it is no answer, or one of another version";
        }
        else if (!Guid.TryParseExact(properties.CorrelationId, "N", out var job) || !Guid.TryParseExact(WireHeaders.Text(headers, WireNames.Answer), "N", out var id))
        {
            error = "it names no job";
        }
        else if (Parse(WireHeaders.Text(headers, WireNames.Outcome)) is not { } outcome)
        {
            error = "its outcome is unknown";
        }
        else if (body.Length > maxBytes && outcome == AnswerOutcome.Succeeded)
        {
            error = string.Create(CultureInfo.InvariantCulture, $"it has {body.Length:N0} bytes, and may have {maxBytes:N0} (MaxMessageBytes)");
        }
        else
        {
            answer = new AnswerMessage(job, id, properties.MessageId ?? job.ToString("N"), outcome, body);
        }

        return answer is not null;
    }

    /// <summary>What the caller is thrown; null for a result.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="key">The job's, where it was given one.</param>
    /// <param name="deadline">How long the job was worth while, where that is known.</param>
    /// <param name="queues">Where dead letters lie.</param>
    public Exception? ToException(string pool, string? key, TimeSpan deadline, PoolQueues queues)
    {
        if (Outcome == AnswerOutcome.Succeeded)
        {
            return null;
        }

        var failure = RemoteFailure.TryRead(Body.Span) ?? new RemoteFailure { Type = Name(Outcome), Message = "what the host told of it cannot be read" };
        return Outcome switch
        {
            AnswerOutcome.Failed => new JobFailedException(pool, failure.ProcessId, failure.Type, failure.Message, failure.Trace),
            AnswerOutcome.TimedOut => new JobTimedOutException(pool, TimeSpan.FromSeconds(Math.Clamp(failure.TimeoutSeconds, 0, 1e6)), failure.ProcessId, failure.Trace),
            AnswerOutcome.Expired => new JobExpiredException(pool, deadline, failure.Message),
            _ => DeadLettered(pool, key, failure, queues),
        };
    }

    private static Exception DeadLettered(string pool, string? key, RemoteFailure failure, PoolQueues queues)
    {
        var why = new JobDeadLetteredException(pool, failure.Type, failure.Message, failure.Host, failure.Attempts, queues.Dead);
        return DeadReasons.IsPoison(failure.Type) ? new PoisonJobException(Poison(pool, key, failure, queues), pool, key, failure.Attempts, why) : why;
    }

    // A job can be given up earlier than the queue has it: where it asked for that, or where the pool of a host has met it, or its like, before.
    private static string Poison(string pool, string? key, RemoteFailure failure, PoolQueues queues)
    {
        var job = $"{(key is null ? "A job" : $"The job '{key}'")} of pool '{pool}' is not given to hosts any more";
        var limit = failure.Attempts < queues.MaxDeliveries ? "MaxAttempts of the job" : nameof(RabbitPoolOptions.MaxDeliveries);
        var why = failure.Type == DeadReasons.Quarantined
            ? $"the process pool of host '{failure.Host}' does not take it, since workers ended under it there ({nameof(ProcessPoolOptions.PoisonAfter)})"
            : string.Create(CultureInfo.InvariantCulture, $"it was given to them {failure.Attempts} {(failure.Attempts == 1 ? "time" : "times")}, and workers, hosts or their connections ended under it ({limit})");
        return $"{job}: {why}. Find out what in the job ends them; it lies in the queue '{queues.Dead}'.";
    }

    private static string Name(AnswerOutcome outcome) => outcome switch
    {
        AnswerOutcome.Succeeded => "succeeded",
        AnswerOutcome.Failed => "failed",
        AnswerOutcome.TimedOut => "timed_out",
        AnswerOutcome.Expired => "expired",
        _ => "dead_lettered",
    };

    private static AnswerOutcome? Parse(string? name) => name switch
    {
        "succeeded" => AnswerOutcome.Succeeded,
        "failed" => AnswerOutcome.Failed,
        "timed_out" => AnswerOutcome.TimedOut,
        "expired" => AnswerOutcome.Expired,
        "dead_lettered" => AnswerOutcome.DeadLettered,
        _ => null,
    };
}
