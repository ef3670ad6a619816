using Microsoft.Extensions.Logging;

namespace Hardening.Stalls.Analysis;

/// <summary>Asks the sources for stacks, one after the other until one has them; not too often, for most of them stop the process for a moment.</summary>
internal sealed partial class StackTaker(IReadOnlyList<IThreadStackSource> sources, TimeSpan limit, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private long? _last;
    private StallIncident? _of;
    private int _taken;

    private const int MaxOfOneIncident = 3;

    /// <summary>Why there are no stacks at all; null when a source is there.</summary>
    public string? Missing => sources.Count > 0 ? null : "Stacks of the threads: nobody takes them. Add the package Hardening.Runtime.Witness and call AddStallWitness.";

    /// <returns>The stacks, or why there are none; null when it is too early to look again.</returns>
    public ThreadStackCapture? Take(StallIncident incident, IStallEvidence evidence, CancellationToken cancellationToken)
    {
        _taken = _of == incident ? _taken : 0;
        _of = incident;
        if (sources.Count == 0 || _taken >= MaxOfOneIncident || (_last is { } last && time.GetElapsedTime(last) < Pause))
        {
            return null;
        }

        var process = evidence.Samples(long.MinValue, long.MaxValue) is [.., var sample] ? sample.Sample.Process : default;
        var request = new ThreadStackRequest
        {
            ThreadIds = [.. incident.Activities(time, time.GetTimestamp()).Select(activity => activity.Activity.ThreadId).Where(thread => thread != 0).Distinct()],
            Limit = limit,
            RunnableThreads = process.Runnable,
            HasUninterruptibleThread = process.Uninterruptible > 0,
        };
        List<string> missing = [];
        ThreadStackCapture? capture = null;
        foreach (var source in sources)
        {
            capture = Ask(source, request, cancellationToken);
            if (capture.Missing is { } lacks)
            {
                missing.Add($"{source.Name}: {lacks}");
            }

            if (capture.Threads.Count > 0)
            {
                break;
            }
        }

        _last = time.GetTimestamp();
        _taken++;
        return capture! with { Missing = missing.Count > 0 ? string.Join(" ", missing) : null };
    }

    private ThreadStackCapture Ask(IThreadStackSource source, ThreadStackRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return source.Capture(request, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogSourceFailed(e, source.Name);
            return new ThreadStackCapture { Source = source.Name, Missing = $"It failed: {e.Message}" };
        }
    }

    [LoggerMessage(2009, LogLevel.Error, "The source of stacks {Source} failed.")]
    private partial void LogSourceFailed(Exception exception, string source);
}
