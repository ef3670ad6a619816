using System.CommandLine;
using Hardening.FaultLab.Running;

namespace Hardening.FaultLab.Commands;

/// <summary>Options that the verbs share.</summary>
internal sealed class LabOptions
{
    public Option<int> Load { get; } = Range("--load", "Processes of others that compute all the time.", "N", 0, 0, 1000);

    public Option<int> Limit { get; } = Range("--limit", "What counts as a stall, in ms, 200 to 10,000.", "MS", 400, 200, 10_000);

    public Option<int> CheckEvery { get; } = Range("--check-every", "How often the watchdog looks, in ms, 10 to half of the limit.", "MS", 100, 10, 5_000);

    public Option<DirectoryInfo?> Record { get; } = new("--record") { Description = "Keeps the window of each stall in this directory.", HelpName = "DIR" };

    public Option<bool> NoWitness { get; } = new("--no-witness") { Description = "Without stacks, as an application without the package has it." };

    public void AddTo(Command command)
    {
        command.Add(Load);
        command.Add(Limit);
        command.Add(CheckEvery);
        command.Add(Record);
        command.Add(NoWitness);
        command.Validators.Add(result =>
        {
            if (result.GetValue(CheckEvery) > result.GetValue(Limit) / 2)
            {
                result.AddError("--check-every must be at most half of --limit");
            }
        });
    }

    public LabSettings Read(ParseResult arguments) => new()
    {
        Limit = TimeSpan.FromMilliseconds(arguments.GetValue(Limit)),
        CheckEvery = TimeSpan.FromMilliseconds(arguments.GetValue(CheckEvery)),
        Witness = !arguments.GetValue(NoWitness),
    };

    public WindowFolder? OpenFolder(ParseResult arguments) => arguments.GetValue(Record) is { } directory ? new WindowFolder(directory.FullName) : null;

    public static Option<int> Range(string name, string description, string unit, int usual, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = unit, DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
            {
                result.AddError(FormattableString.Invariant($"{name} must be {least} to {most}"));
            }
        });
        return option;
    }
}
