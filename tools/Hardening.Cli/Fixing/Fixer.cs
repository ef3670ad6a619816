using Hardening.Cli.Projects;
using Hardening.Cli.Scanning;
using Microsoft.CodeAnalysis;

namespace Hardening.Cli.Fixing;

/// <summary>Fixes loaded code in memory, unit by unit, rule by rule, until nothing changes.</summary>
internal sealed class Fixer(LoadedCode code, RuleCatalog rules, FixOptions options, Action<string> progress)
{
    private const int MostRounds = 5; // a fix may make room for another; two that undo each other never end
    private const string RuntimeType = "Hardening.Processes.SupervisedProcess";

    private readonly FixScope _scope = new(options, code.Root);
    private readonly List<AppliedFix> _applied = [];
    private readonly List<RefusedFix> _refused = [];
    private readonly List<string> _notes = [];
    private readonly Dictionary<(string Rule, string Project), OpenDecision> _decisions = [];
    private readonly Dictionary<(string Rule, string Project), LeftFinding> _left = [];

    public async Task<FixPlan> PlanAsync(CancellationToken stop)
    {
        var built = code.Projects.Where(project => project.Mode == LoadMode.Built).ToList();
        _notes.AddRange(code.Projects.Where(project => project.Mode == LoadMode.Loose).Select(project => $"{project.Name} was left alone: what does not build cannot be known to compile afterwards. {string.Join(" ", project.Notes)}".TrimEnd()));
        List<PlannedUnit> units = [];
        foreach (var unit in SharedSources.Units(code.Workspace.CurrentSolution, built))
        {
            units.Add(await PlanAsync(unit, stop));
        }

        return new FixPlan
        {
            Units = units,
            Applied = _applied,
            Refused = [.. _refused.DistinctBy(refused => (refused.Rules[0], refused.Project, refused.Why))],
            Decisions = [.. _decisions.Values.OrderBy(decision => decision.Rule, StringComparer.Ordinal)],
            Left = [.. _left.Values.OrderBy(left => left.Rule, StringComparer.Ordinal)],
            Notes = _notes,
        };
    }

    private async Task<PlannedUnit> PlanAsync(IReadOnlyList<LoadedProject> unit, CancellationToken stop)
    {
        var state = new CodeState(code.Workspace.CurrentSolution, unit.Select(project => project.Id).ToHashSet(), _scope.Within);
        var hasChanged = true;
        for (var round = 0; hasChanged && round < MostRounds; round++)
        {
            hasChanged = false;
            foreach (var project in unit)
            {
                hasChanged |= await RoundAsync(project, state, stop);
            }
        }

        if (hasChanged)
        {
            _notes.Add($"{unit[0].Name}: fixes still found something after {MostRounds} rounds; run it again for the rest.");
        }

        return new PlannedUnit(
            string.Join(", ", unit.Select(project => project.Name).Distinct()), unit.Select(project => project.Path).ToHashSet(StringComparer.Ordinal), [.. state.ChangedFiles()]);
    }

    private async Task<bool> RoundAsync(LoadedProject project, CodeState state, CancellationToken stop)
    {
        var name = project.Framework is null || code.Projects.Count(other => other.Path == project.Path) == 1 ? project.Name : $"{project.Name} ({project.Framework})";
        var current = state.Solution.GetProject(project.Id)!;
        var found = (await ProjectFindings.OfAsync(current, rules.Analyzers, _scope, stop)).Select(diagnostic => diagnostic.Id).Where(rules.Rules.ContainsKey).ToHashSet(StringComparer.Ordinal);
        if (found.Count > 0 && (await current.GetCompilationAsync(stop))!.GetTypeByMetadataName(RuntimeType) is null)
        {
            Note($"{project.Name} does not refer to the package Hardening.Runtime, so fixes that move code to its types are not offered there.");
        }

        foreach (var key in _decisions.Keys.Concat(_left.Keys).Where(key => key.Project == name).ToList())
        {
            _decisions.Remove(key);
            _left.Remove(key);
        }

        var hasChanged = false;
        foreach (var rule in found.Order(StringComparer.Ordinal))
        {
            progress($"{name}: {rule}");
            var fix = new RuleFix(rule, project.Id, name, state, rules, _scope);
            hasChanged |= await fix.RunAsync(stop);
            _applied.AddRange(fix.Applied);
            _refused.AddRange(fix.Refused);
            if (fix.Decision is { } decision)
            {
                _decisions[(rule, name)] = decision;
            }

            if (fix.Left is { } left)
            {
                _left[(rule, name)] = left;
            }
        }

        return hasChanged;
    }

    private void Note(string text)
    {
        if (!_notes.Contains(text))
        {
            _notes.Add(text);
        }
    }
}
