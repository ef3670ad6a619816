using Hardening.Stalls.Actions;
using Microsoft.Extensions.Options;

namespace Hardening.Stalls;

/// <summary>What is done about the stalls of one cause, and how often.</summary>
public sealed class StallRule
{
    /// <summary>What is done. Default <see cref="StallActions.Default"/>.</summary>
    public StallActions Actions { get; set; } = StallActions.Default;

    /// <summary>For how many stalls in a minute more is done than counting and health; 1 to 600, default 6. What is left out is counted.</summary>
    public int MaxPerMinute { get; set; } = 6;

    internal void Check(string name, StallCause? cause, ValidateOptionsResultBuilder result)
    {
        const StallActions Restarting = StallActions.FailFast | StallActions.TriggerWatchdog;
        if (MaxPerMinute is < 1 or > 600)
        {
            result.AddError($"must be 1 to 600, but is {MaxPerMinute}.", $"{name}.{nameof(MaxPerMinute)}");
        }

        if ((Actions & ~(StallActions.Default | Restarting | StallActions.Dump)) != 0)
        {
            result.AddError($"has bits that mean nothing: {Actions}.", $"{name}.{nameof(Actions)}");
        }

        if ((Actions & Restarting) != 0 && cause is null)
        {
            result.AddError($"may not end the process, but is {Actions}: name the causes for which a restart mends something.", $"{name}.{nameof(Actions)}");
        }

        if ((Actions & Restarting) != 0 && cause is { } known && known.IsOutside())
        {
            result.AddError($"may not end the process, but is {Actions}: the cause is outside the process, so a restart mends nothing and costs more.", $"{name}.{nameof(Actions)}");
        }

        if (Actions.HasFlag(StallActions.Dump) && !Actions.HasFlag(StallActions.FailFast))
        {
            result.AddError("may have Dump with FailFast alone: a dump stops the process for as long as it takes.", $"{name}.{nameof(Actions)}");
        }
    }
}
