using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Hardening.Processes;

namespace Hardening.TestWorker;

/// <summary>What an owner is told at its start.</summary>
/// <param name="Containment">The level that it asks for.</param>
/// <param name="Folder">Each child gets a directory of its own in it, by its name.</param>
/// <param name="AnswerTimeout">How long it waits for its supervisor.</param>
/// <param name="GracePeriod">How long its children may take to end.</param>
/// <param name="OpenDescriptors">How many descriptors it holds that its children would inherit.</param>
/// <param name="PlainChild">Where a child works that it does not have supervised; null for none.</param>
internal sealed record OwnerArguments(Containment Containment, string Folder, TimeSpan AnswerTimeout, TimeSpan GracePeriod, int OpenDescriptors, string? PlainChild)
{
    public const string Usage = "usage: owner CONTAINMENT FOLDER ANSWER_TIMEOUT_MS GRACE_PERIOD_MS [OPEN_DESCRIPTORS [PLAIN_CHILD_FOLDER]]; then commands on standard input";

    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out OwnerArguments? parsed)
    {
        parsed = arguments is [var level, var folder, var answer, var grace, .. var more] && Enum.TryParse<Containment>(level, out var containment)
            ? new OwnerArguments(containment, Path.GetFullPath(folder), Milliseconds(answer), Milliseconds(grace),
                more is [var open, ..] ? int.Parse(open, CultureInfo.InvariantCulture) : 0, more is [_, var plain] ? plain : null)
            : null;
        return parsed is not null;
    }

    private static TimeSpan Milliseconds(string text) => TimeSpan.FromMilliseconds(int.Parse(text, CultureInfo.InvariantCulture));
}
