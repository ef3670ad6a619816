using Microsoft.Extensions.Options;

namespace Hardening.Processes;

/// <summary>Which ends of a process are followed by a new start, after what delay, and how often before it is given up.</summary>
public sealed class RestartPolicy
{
    /// <summary>Which ends are followed by a new start; default <see cref="RestartOn.Any"/>.</summary>
    public RestartOn RestartOn { get; set; } = RestartOn.Any;

    /// <summary>The delay before the first restart. 1 ms to 1 h; default 500 ms.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>No delay is longer. <see cref="FirstDelay"/> to 24 h; default 1 min.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Each delay is the one before it times this. 1 to 10; default 2.</summary>
    public double Factor { get; set; } = 2;

    /// <summary>Up to this share of a delay is left out at random, so that processes that fell together do not come back together. 0 to 1; default 0.2.</summary>
    public double Jitter { get; set; } = 0.2;

    /// <summary>After a run of at least this time, the delays begin with <see cref="FirstDelay"/> again. 1 ms to 24 h; default 1 min.</summary>
    public TimeSpan ResetAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The process is given up rather than restarted more often than this within <see cref="Window"/>. 0 to 1,000; null restarts it for ever; default 10.</summary>
    public int? MaxRestarts { get; set; } = 10;

    /// <summary>The time that <see cref="MaxRestarts"/> counts in. 1 s to 7 days; default 10 min.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>One that nobody changes.</summary>
    internal RestartPolicy Copy() => (RestartPolicy)MemberwiseClone();
}

/// <summary>Which ends of a process are followed by a new start.</summary>
public enum RestartOn
{
    /// <summary>Every end that was not asked for.</summary>
    Any,

    /// <summary>An exit code other than 0, a signal, and a start that fails. A process that exits with code 0 is done.</summary>
    Failure,
}

/// <summary>By hand rather than by attribute: it says why, it relates properties, and it needs no reflection (AOT).</summary>
internal static class RestartPolicyValidator
{
    /// <param name="policy">What is looked at.</param>
    /// <param name="path">What the names of its properties begin with in errors.</param>
    /// <param name="result">Gets the errors.</param>
    public static void Validate(RestartPolicy policy, string path, ValidateOptionsResultBuilder result)
    {
        var isInRange = Check(policy.FirstDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1), nameof(policy.FirstDelay))
            & Check(policy.MaxDelay, policy.FirstDelay, TimeSpan.FromHours(24), nameof(policy.MaxDelay))
            & Check(policy.Factor, 1, 10, nameof(policy.Factor))
            & Check(policy.Jitter, 0, 1, nameof(policy.Jitter))
            & Check(policy.ResetAfter, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(24), nameof(policy.ResetAfter))
            & Check(policy.MaxRestarts ?? 0, 0, 1_000, nameof(policy.MaxRestarts))
            & Check(policy.Window, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), nameof(policy.Window));
        if (!Enum.IsDefined(policy.RestartOn))
        {
            result.AddError($"must be {nameof(RestartOn.Any)} or {nameof(RestartOn.Failure)}, but is {policy.RestartOn}.", path + nameof(policy.RestartOn));
        }

        if (isInRange && policy.MaxRestarts is { } most && LeastTimeToGiveUp(policy, most) is var least && least > policy.Window)
        {
            result.AddError(
                $"must be {least} or more, for {most} restarts with their delays take that long, but is {policy.Window}: the process would never be given up. Set {nameof(policy.MaxRestarts)} to null if that is meant.",
                path + nameof(policy.Window));
        }

        bool Check<T>(T value, T least, T most, string property)
            where T : IComparable<T>
        {
            var isInRange = value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0;
            if (!isInRange)
            {
                result.AddError(FormattableString.Invariant($"must be {least} to {most}, but is {value}."), path + property);
            }

            return isInRange;
        }
    }

    // Either no run lasts long enough for the delays to begin again, or at least one does.
    private static TimeSpan LeastTimeToGiveUp(RestartPolicy policy, int restarts)
    {
        var growing = Enumerable.Range(0, restarts).Sum(before => RestartBackoff.Delay(policy, before, random: 1).TotalSeconds);
        var reset = policy.ResetAfter.TotalSeconds + (restarts * RestartBackoff.Delay(policy, before: 0, random: 1).TotalSeconds);
        return TimeSpan.FromSeconds(Math.Min(growing, reset));
    }
}
