using Hardening.Camera;
using Hardening.Pool.Wire;

namespace Hardening.Pool.Host;

/// <summary>Has the host's own pool do a job that came through the broker, and says what becomes of it. It decides; it tells nobody.</summary>
internal sealed class JobRunner(ProcessPool pool, RabbitPoolOptions options, FrameIntake frames, TimeProvider time)
{
    private static readonly TimeSpan FullPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan UnavailablePause = TimeSpan.FromSeconds(1);

    private readonly string _host = Environment.MachineName;

    /// <summary>Does it.</summary>
    /// <param name="message">The job.</param>
    /// <param name="body">Its bytes.</param>
    /// <param name="stop">Cuts it short: the host stops.</param>
    /// <returns>Never faults.</returns>
    public async Task<Verdict> RunAsync(JobMessage message, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        var limit = Math.Min(options.MaxDeliveries, message.MaxAttempts ?? options.MaxDeliveries);
        if (message.Attempt > limit)
        {
            return GiveUp(message with { EarlierAttempts = limit - 1, EarlierDeliveries = 0 }, DeadReasons.DeliveryLimit, $"it was given to hosts {message.Attempt - 1} times and not answered: they, or their connections, ended under it");
        }

        var left = TimeLeft(message);
        if (left < TimeSpan.FromMilliseconds(1))
        {
            return Expired(message, "its deadline had passed when a host took it");
        }

        using var deadline = new CancellationTokenSource(left, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        List<FrameLease> leases = [];
        try
        {
            return await PrepareAsync(message, body, leases, either.Token).ConfigureAwait(false) is { } refused
                ? GiveUp(message, refused.Type, refused.Message)
                : await WorkAsync(message, RequestOf(body, message), leases, limit, left, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return stop.IsCancellationRequested ? new Verdict.CutShort() : Expired(message, "its deadline passed while a host worked on it");
        }
        finally
        {
            leases.ForEach(static lease => lease.Dispose());
        }
    }

    // By the caller's clock and this one's, which may differ; but never longer than it was worth when it was sent, which no clock can make wrong.
    private TimeSpan TimeLeft(JobMessage message)
    {
        var left = message.Deadline - time.GetUtcNow() + options.ClockTolerance;
        return left < message.Remaining ? left : message.Remaining;
    }

    private async Task<RemoteFailure?> PrepareAsync(JobMessage message, ReadOnlyMemory<byte> body, List<FrameLease> leases, CancellationToken cancellationToken)
    {
        if (Read(message, body, out var wireFrames, out var pixels) is { } wrong)
        {
            return wrong;
        }

        return wireFrames.Length == 0 ? null : await frames.TakeAsync(wireFrames, pixels, leases, cancellationToken).ConfigureAwait(false);
    }

    private RemoteFailure? Read(JobMessage message, ReadOnlyMemory<byte> body, out WireFrame[] wireFrames, out ReadOnlyMemory<byte> pixels)
    {
        (wireFrames, pixels) = ([], default);
        if (!JobBody.TryRead(body.Span, message.Frames, time, out var read, out var error))
        {
            return new RemoteFailure { Type = DeadReasons.Malformed, Message = error };
        }

        if (read.Request.Length > options.MaxMessageBytes)
        {
            return new RemoteFailure { Type = DeadReasons.Malformed, Message = $"the request has {read.Request.Length:N0} bytes, and the host takes {options.MaxMessageBytes:N0}: set MaxMessageBytes there as for the caller" };
        }

        (wireFrames, pixels) = (read.Frames, body[(body.Length - read.Pixels.Length)..]);
        return frames.Refuse(wireFrames);
    }

    private ReadOnlyMemory<byte> RequestOf(ReadOnlyMemory<byte> body, JobMessage message)
    {
        JobBody.TryRead(body.Span, message.Frames, time, out var read, out _); // it was read before
        return body.Slice(body.Length - read.Pixels.Length - read.Request.Length, read.Request.Length);
    }

    private async Task<Verdict> WorkAsync(JobMessage message, ReadOnlyMemory<byte> request, List<FrameLease> leases, int limit, TimeSpan left, CancellationToken cancellationToken)
    {
        // A worker's end is an attempt, and the broker counts those; without a soft limit of its own, the pool's limits hold.
        var job = new JobOptions { Key = message.Name, MaxAttempts = 1 };
        if (message.SoftTimeout is { } soft)
        {
            job = job with { Timeout = left, SoftTimeout = soft < left ? soft : left };
        }

        while (true)
        {
            try
            {
                using var result = await pool.RunAsync(request, leases.ToArray(), job, cancellationToken).ConfigureAwait(false);
                return result.Payload.Length > options.MaxMessageBytes
                    ? Failed(message, nameof(InvalidDataException), $"the result has {result.Payload.Length:N0} bytes, and the host sends at most {options.MaxMessageBytes:N0} (MaxMessageBytes)", "", 0)
                    : new Verdict.Answered(AnswerOutcome.Succeeded, result.Payload.ToArray());
            }
            catch (PoolFullException)
            {
                await Task.Delay(FullPause, time, cancellationToken).ConfigureAwait(false); // callers of this process have the places
            }
            catch (PoolUnavailableException unavailable)
            {
                if (!unavailable.IsStopped)
                {
                    await Task.Delay(UnavailablePause, time, cancellationToken).ConfigureAwait(false); // so that it does not come back at once, again and again
                }

                return new Verdict.NotBegun();
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                return Judge(message, failure, limit);
            }
        }
    }

    private Verdict Judge(JobMessage message, Exception failure, int limit) => failure switch
    {
        JobFailedException failed => Failed(message, failed.ErrorType, failed.ErrorMessage, failed.WorkerTrace, failed.ProcessId),
        JobTimedOutException late => Answer(AnswerOutcome.TimedOut, message, nameof(JobTimedOutException), late.Message, late.ErrorOutput, late.ProcessId, late.Timeout),
        PoisonJobException { InnerException: { } last } when message.Attempt >= limit => GiveUp(message, DeadReasons.WorkerEnded, last.Message), // the pool counts as the broker does, and was first
        PoisonJobException poison => GiveUp(message, DeadReasons.Quarantined, poison.InnerException?.Message ?? poison.Message),
        WorkerExitedException or WorkerMemoryException or WorkerProtocolException => message.Attempt < limit ? new Verdict.TryAgain() : GiveUp(message, DeadReasons.WorkerEnded, failure.Message),
        _ => Failed(message, failure.GetType().FullName ?? failure.GetType().Name, failure.Message, "", 0),
    };

    private Verdict.Answered Expired(JobMessage message, string why) => Answer(AnswerOutcome.Expired, message, nameof(JobExpiredException), $"{why} ('{_host}')", "", 0, default);

    private Verdict.Answered Failed(JobMessage message, string type, string text, string trace, int processId) => Answer(AnswerOutcome.Failed, message, type, text, trace, processId, default);

    private Verdict.Answered Answer(AnswerOutcome outcome, JobMessage message, string type, string text, string trace, int processId, TimeSpan timeout) => new(
        outcome,
        new RemoteFailure { Type = type, Message = text, Trace = trace, ProcessId = processId, Host = _host, Attempts = message.Attempt, TimeoutSeconds = timeout.TotalSeconds }.ToBytes());

    private Verdict.GivenUp GiveUp(JobMessage message, string reason, string detail) => new(new RemoteFailure { Type = reason, Message = detail, Host = _host, Attempts = message.Attempt });
}
