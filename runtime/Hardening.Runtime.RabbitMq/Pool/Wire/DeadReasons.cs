namespace Hardening.Pool.Wire;

/// <summary>Why a job is a dead letter, as its headers and messages say it.</summary>
internal static class DeadReasons
{
    /// <summary>Workers ended under it as often as it may be begun.</summary>
    public const string WorkerEnded = "worker_ended";

    /// <summary>The host's own pool does not take it any more: workers ended under it, or under its like, again and again.</summary>
    public const string Quarantined = "quarantined";

    /// <summary>It came back as often as it may: hosts ended under it, or connections.</summary>
    public const string DeliveryLimit = "delivery_limit";

    /// <summary>It cannot be read.</summary>
    public const string Malformed = "malformed";

    /// <summary>The pixels of a frame are others than were sent.</summary>
    public const string Checksum = "checksum";

    /// <summary>The host takes no frames, or none of this size.</summary>
    public const string FramesRefused = "frames_refused";

    /// <summary>The caller's queue of answers has no room, or the broker does not take the answer.</summary>
    public const string ResultRefused = "result_refused";

    public static bool IsPoison(string reason) => reason is WorkerEnded or Quarantined or DeliveryLimit;
}
