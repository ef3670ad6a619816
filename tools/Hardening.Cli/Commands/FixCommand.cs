using System.CommandLine;
using Hardening.Cli.Fixing;
using Hardening.Cli.Projects;
using Hardening.Cli.Scanning;

namespace Hardening.Cli.Commands;

/// <summary><c>harden fix</c>.</summary>
internal sealed class FixCommand : VerbCommand
{
    private const int ShownChanges = 3;

    private readonly Argument<string> _target = new("path") { Description = "A solution, a project, or a folder with one.", DefaultValueFactory = _ => "." };
    private readonly Option<string[]> _rule = new("--rule") { Description = "Only these rules, such as HRD1001 or HRD3*.", AllowMultipleArgumentsPerToken = true, HelpName = "id" };
    private readonly Option<string?> _variant = new("--variant") { Description = "The fix to take where the rule has several: its key, or the beginning of its title. Goes with one --rule." };
    private readonly Option<string[]> _file = new("--file") { Description = "Only findings in files that match, such as 'src/Camera/*'.", AllowMultipleArgumentsPerToken = true, HelpName = "pattern" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Prints what would change as a diff, and writes nothing." };
    private readonly Option<bool> _force = new("--force") { Description = "Also where the git tree has changes, or there is none." };
    private readonly BuildOptions _build = new();

    public FixCommand(TimeProvider time)
        : base("fix", "Applies the fixes of rules, and leaves code that compiles or nothing.", time)
    {
        _variant.Aliases.Add("--equivalence-key");
        Command.Add(_target);
        Option[] options = [_rule, _variant, _file, _dryRun, _force];
        foreach (var option in options)
        {
            Command.Add(option);
        }

        _build.AddTo(Command);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, Terminal terminal, CancellationToken stop)
    {
        var (path, patterns, variant) = (arguments.GetValue(_target)!, arguments.GetValue(_rule) ?? [], arguments.GetValue(_variant));
        if (variant is not null && patterns is not [_])
        {
            throw CommandFailedException.WrongUse("--variant goes with one --rule: it is a choice between the fixes of that rule");
        }

        var rules = RuleCatalog.Of(patterns);
        var isDryRun = arguments.GetValue(_dryRun);
        var root = LoadTarget.Find(path).Root;
        var repository = await GitTree.RootOfAsync(root, stop);
        if (!isDryRun && !arguments.GetValue(_force))
        {
            await RequireCleanAsync(root, repository, stop);
        }

        var loader = new ProjectLoader(Time, _build.Read(arguments));
        using var code = await loader.LoadAsync(path, terminal.Report, stop);
        if (code.Projects.All(project => project.Mode == LoadMode.Loose))
        {
            throw new CommandFailedException($"nothing of '{path}' can be built, so that changed code cannot be known to compile: {code.Projects.SelectMany(project => project.Notes).Concat(code.Notes).FirstOrDefault() ?? "there is no project"}");
        }

        var options = new FixOptions { Variant = variant, Files = arguments.GetValue(_file) ?? [], Within = (repository ?? code.Root).TrimEnd('/') };
        var plan = await new Fixer(code, rules, options, terminal.Report).PlanAsync(stop);
        var refused = isDryRun ? [] : await new FixWriter(code, token => loader.LoadAsync(path, terminal.Report, token), terminal.Report).WriteAsync(plan, stop);
        var result = Result(plan, refused, code, isDryRun) with { Diff = isDryRun ? await TreeDiff.OfAsync(plan, code.Root, stop) : null };
        FixReport.Write(result, terminal.Out);
        if (terminal.IsJson)
        {
            terminal.WriteJson(result);
        }

        return result.Refused.Count + result.Decisions.Count > 0 ? ExitCodes.Found : ExitCodes.Clean;
    }

    private static async Task RequireCleanAsync(string root, string? repository, CancellationToken stop)
    {
        if (repository is null)
        {
            throw new CommandFailedException($"{root} is in no git repository, so that nothing could take the changes back: look with --dry-run, and go on with --force");
        }

        if (await GitTree.ChangesAsync(repository, stop) is { Count: > 0 } changes)
        {
            var more = changes.Count > ShownChanges ? $" and {changes.Count - ShownChanges} more" : "";
            throw new CommandFailedException($"{repository} has changes that are not committed ({string.Join(", ", changes.Take(ShownChanges))}{more}): commit or stash them, or go on with --force");
        }
    }

    private static FixResult Result(FixPlan plan, IReadOnlyList<(PlannedUnit Unit, string Error)> refused, LoadedCode code, bool isDryRun)
    {
        var back = refused.Select(entry => entry.Unit).ToHashSet();
        var files = plan.Units.Where(unit => !back.Contains(unit)).SelectMany(unit => unit.Files).Select(file => Path.GetRelativePath(code.Root, file.Path).Replace('\\', '/')).ToHashSet(StringComparer.Ordinal);
        var taken = refused.Select(entry => new RefusedFix(
            [.. entry.Unit.Files.SelectMany(file => file.Rules).Distinct().Order(StringComparer.Ordinal)],
            entry.Unit.Name,
            $"the changed code does not build, and was put back: {entry.Error}{(entry.Unit.Files.SelectMany(file => file.Rules).Distinct().Count() > 1 ? " To see which rule it is, fix one at a time (--rule)." : "")}"));
        return new FixResult
        {
            Root = code.Root,
            IsDryRun = isDryRun,
            Applied = [.. plan.Applied.Where(applied => applied.Files.All(files.Contains))],
            Refused = [.. plan.Refused, .. taken],
            Decisions = plan.Decisions,
            Left = plan.Left,
            ChangedFiles = [.. files.Order(StringComparer.Ordinal)],
            Notes = [.. code.Notes, .. plan.Notes],
        };
    }
}
