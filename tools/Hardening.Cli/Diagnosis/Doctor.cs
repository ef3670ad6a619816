using Hardening.Cli.Diagnosis.Checks;

namespace Hardening.Cli.Diagnosis;

/// <summary>What one check found, with all there is to tell about it.</summary>
internal sealed record Examined(string Check, string Subject, string? Of, Verdict Verdict, string Found, string Wanted, string Why, Remedy? Remedy);

/// <summary>Runs checks over a host.</summary>
internal static class Doctor
{
    /// <summary>All checks, by subject.</summary>
    public static IReadOnlyList<HostCheck> Checks { get; } =
    [
        .. NetworkChecks.All, .. InterfaceChecks.All, .. CameraLibraryChecks.All, .. ProcessorChecks.All, .. MemoryChecks.All,
        .. LimitChecks.All, .. ContainmentChecks.All, .. StallChecks.All, .. DotnetChecks.All,
    ];

    /// <summary>The worst first; among equals in the order of the checks.</summary>
    public static IReadOnlyList<Examined> Examine(Host host, IEnumerable<HostCheck> checks) =>
        [.. checks.SelectMany(check => Ask(host, check)).OrderBy(examined => examined.Verdict)];

    private static List<Examined> Ask(Host host, HostCheck check)
    {
        List<Examined> answers = [];
        try
        {
            foreach (var answer in check.Look(host))
            {
                answers.Add(Told(check, answer));
            }
        }
        catch (CannotTellException e)
        {
            answers.Add(Told(check, Answer.Unknown(e.Message)));
        }

        return answers;
    }

    private static Examined Told(HostCheck check, Answer answer) =>
        new(check.Name, check.Subject, answer.Of, answer.Verdict, answer.Found, answer.Wanted ?? check.Wanted, check.Why, answer.Remedy);
}
