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
internal sealed record OwnerArguments(Containment Containment, string Folder, TimeSpan AnswerTimeout, TimeSpan GracePeriod, int OpenDescriptors)
{
    public const string Usage = "usage: owner CONTAINMENT FOLDER ANSWER_TIMEOUT_MS GRACE_PERIOD_MS OPEN_DESCRIPTORS; then commands on standard input";

    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out OwnerArguments? parsed)
    {
        parsed = arguments is [var level, var folder, var answer, var grace, var open] && Enum.TryParse<Containment>(level, out var containment)
            ? new OwnerArguments(containment, Path.GetFullPath(folder), Milliseconds(answer), Milliseconds(grace), int.Parse(open, CultureInfo.InvariantCulture))
            : null;
        return parsed is not null;
    }

    private static TimeSpan Milliseconds(string text) => TimeSpan.FromMilliseconds(int.Parse(text, CultureInfo.InvariantCulture));
}
