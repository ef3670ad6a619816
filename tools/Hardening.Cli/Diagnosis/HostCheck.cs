namespace Hardening.Cli.Diagnosis;

/// <summary>How a check went. The worst first: results are shown in this order. Public for the cases of tests alone.</summary>
public enum Verdict
{
    /// <summary>It costs frames, leaves children or stalls, sooner or later.</summary>
    Failed,

    /// <summary>It can, under circumstances that cannot be seen from here.</summary>
    Warned,

    /// <summary>It could not be found out.</summary>
    Unknown,

    Passed,
}

/// <summary>One thing about a host that is looked at.</summary>
/// <param name="Name">Its name, as in <c>--check</c>.</param>
/// <param name="Subject">What it belongs to.</param>
/// <param name="Wanted">What is wanted, in general.</param>
/// <param name="Why">Why it matters, in one sentence.</param>
/// <param name="Look">Looks at the host. An answer that cannot be had is told by <see cref="CannotTellException"/>.</param>
internal sealed record HostCheck(string Name, string Subject, string Wanted, string Why, Func<Host, IEnumerable<Answer>> Look);

/// <summary>What a check found.</summary>
internal sealed record Answer(Verdict Verdict, string Found)
{
    /// <summary>What is wanted here, where that is more exact than what the check says.</summary>
    public string? Wanted { get; init; }

    /// <summary>Which one of several it is about: an interface.</summary>
    public string? Of { get; init; }

    public Remedy? Remedy { get; init; }

    public static Answer Pass(string found) => new(Verdict.Passed, found);

    public static Answer Warn(string found, Remedy? remedy = null) => new(Verdict.Warned, found) { Remedy = remedy };

    public static Answer Fail(string found, Remedy? remedy = null) => new(Verdict.Failed, found) { Remedy = remedy };

    public static Answer Unknown(string why) => new(Verdict.Unknown, why);
}

/// <summary>What a check needs to know cannot be found out. The message says why.</summary>
internal sealed class CannotTellException(string why) : Exception(why);
