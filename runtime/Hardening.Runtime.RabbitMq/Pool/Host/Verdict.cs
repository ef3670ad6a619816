using Hardening.Pool.Wire;

namespace Hardening.Pool.Host;

/// <summary>What becomes of a job after a host has tried it.</summary>
internal abstract record Verdict
{
    private Verdict()
    {
    }

    /// <summary>The caller is told; a failure that would be the same elsewhere is an answer too.</summary>
    public sealed record Answered(AnswerOutcome Outcome, ReadOnlyMemory<byte> Body) : Verdict;

    /// <summary>It is tried no more: people look at it.</summary>
    public sealed record GivenUp(RemoteFailure Why) : Verdict
    {
        /// <summary>Whether it is the message that is wrong, and not what it asks for.</summary>
        public bool IsMalformed => Why.Type is DeadReasons.Malformed or DeadReasons.Checksum;
    }

    /// <summary>Another host tries it, which counts as another attempt.</summary>
    public sealed record TryAgain : Verdict;

    /// <summary>It was not begun here: another host takes it, and this was no attempt.</summary>
    public sealed record NotBegun : Verdict;

    /// <summary>It was begun and cut short, since this host stops: another attempt.</summary>
    public sealed record CutShort : Verdict;
}
