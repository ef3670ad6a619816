using System.Text.Json;

namespace Hardening.Stalls.Actions;

/// <summary>What is known of causes.</summary>
internal static class StallCauses
{
    private static readonly string[] s_tags = [.. Enum.GetNames<StallCause>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>Whether the process itself can do nothing about it: it is not given processors. It is never restarted for that: the new one would not be given any either.</summary>
    public static bool IsOutside(this StallCause cause) => cause is StallCause.Throttling or StallCause.ProcessStopped or StallCause.ForeignLoad;

    /// <summary>Its name in metrics: <c>lock_contention</c>.</summary>
    public static string Tag(this StallCause cause) => (uint)cause < (uint)s_tags.Length ? s_tags[(int)cause] : "unknown";
}
