using System.Runtime.InteropServices;

namespace Hardening.Processes;

/// <summary>Decides what follows the end of a run. It waits for nothing and starts nothing, so a test drives it with a clock of its own. To be called by one thread.</summary>
internal sealed class RestartBackoff(RestartPolicy policy, TimeProvider time, Random random)
{
    private readonly Queue<long> _restarts = new(); // when, within the window: at most MaxRestarts
    private int _inRow;

    /// <summary>What follows now that a run has ended.</summary>
    /// <param name="isFailure">It was anything but an exit with code 0.</param>
    /// <param name="ran">How long it ran; 0 for one that could not be started.</param>
    public RestartDecision After(bool isFailure, TimeSpan ran)
    {
        if (policy.RestartOn == RestartOn.Failure && !isFailure)
        {
            return new(RestartAction.Finish, TimeSpan.Zero);
        }

        var now = time.GetTimestamp();
        while (_restarts.TryPeek(out var oldest) && time.GetElapsedTime(oldest, now) > policy.Window)
        {
            _restarts.Dequeue();
        }

        if (_restarts.Count >= policy.MaxRestarts)
        {
            return new(RestartAction.GiveUp, TimeSpan.Zero);
        }

        if (policy.MaxRestarts is not null)
        {
            _restarts.Enqueue(now);
        }

        var before = ran >= policy.ResetAfter ? 0 : _inRow;
        _inRow = before + 1;
        return new(RestartAction.Restart, Delay(policy, before, random.NextDouble()));
    }

    /// <param name="policy">Its limits.</param>
    /// <param name="before">How many restarts in a row came before this one.</param>
    /// <param name="random">How much of the jitter is left out of the delay: 0 to 1.</param>
    public static TimeSpan Delay(RestartPolicy policy, int before, double random)
    {
        var whole = Math.Min(policy.FirstDelay.TotalSeconds * Math.Pow(policy.Factor, before), policy.MaxDelay.TotalSeconds);
        return TimeSpan.FromSeconds(whole * (1 - (policy.Jitter * random)));
    }
}

/// <summary>What follows the end of a run.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RestartDecision(RestartAction Action, TimeSpan Delay);

internal enum RestartAction
{
    /// <summary>A new start after the delay.</summary>
    Restart,

    /// <summary>Nothing: it is done.</summary>
    Finish,

    /// <summary>Nothing: it has ended too often.</summary>
    GiveUp,
}
