using System.CommandLine;

namespace RuleTour.Tour;

/// <summary>The command line: at most one rule.</summary>
internal static class TourCommand
{
    /// <summary>Reads the command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="known">The ids of the tour.</param>
    /// <param name="rule">The rule that is asked for, as the tour writes it; null: all.</param>
    /// <param name="problem">What is wrong and what is allowed, on one line; null when nothing is, or when help was asked for and given.</param>
    /// <returns>Whether the tour is asked for.</returns>
    public static bool TryParse(string[] args, IReadOnlyList<string> known, out string? rule, out string? problem)
    {
        var argument = new Argument<string?>("rule") { Description = "A rule to look at closely, such as HRD1001; without it, all.", Arity = ArgumentArity.ZeroOrOne };
        var root = new RootCommand("What each rule of Hardening.Analyzers says about code as it is met in the field.") { argument };
        var result = root.Parse(args);
        (rule, problem) = (null, null);
        if (result.Action is not null && result.Errors.Count == 0)
        {
            result.Invoke(); // help or version
            return false;
        }

        var asked = result.GetResult(argument)?.Tokens is [var token, ..] ? token.Value : null;
        rule = known.FirstOrDefault(id => string.Equals(id, asked, StringComparison.OrdinalIgnoreCase));
        problem = args switch
        {
            [_, _, ..] => $"one rule at most can be looked at, but {args.Length} arguments were given",
            [var one] when rule is null => $"there is no rule '{one}' in the tour; without an argument it lists all, {known[0]} to {known[^1]}",
            _ => null,
        };
        return problem is null;
    }
}
