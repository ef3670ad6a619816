using Hardening.Cli.Scanning;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Hardening.Cli.Fixing;

/// <summary>Fixes the findings of one rule in one project: all that take the same action at once, or one after the other where each is a decision that people made.</summary>
internal sealed class RuleFix(string rule, ProjectId project, string name, CodeState state, RuleCatalog rules, FixScope scope)
{
    private readonly CodeFixProvider? _fix = FixCatalog.Of(rule);
    private readonly HashSet<string> _tried = new(StringComparer.Ordinal);

    public List<AppliedFix> Applied { get; } = [];

    public List<RefusedFix> Refused { get; } = [];

    /// <summary>What is left when it has run.</summary>
    public OpenDecision? Decision { get; private set; }

    public LeftFinding? Left { get; private set; }

    /// <returns>Whether anything was changed.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        var findings = await FindAsync(stop);
        while (_fix is not null)
        {
            var offers = await OffersAsync(findings, stop);
            var next = offers.Where(offer => offer.Chosen is not null).GroupBy(offer => offer.Mark).FirstOrDefault(same => _tried.Add(same.Key));
            if (next is null)
            {
                Settle(findings, offers);
                return Applied.Count > 0;
            }

            if (await MakeAsync(next.First().Chosen!, [.. next.Select(offer => offer.Finding)], stop) is { } changed)
            {
                findings = await TakeAsync(next.First().Chosen!.Title, changed, findings, stop);
            }
        }

        Settle(findings, []);
        return false;
    }

    private async Task<IReadOnlyList<Diagnostic>> TakeAsync(string title, Solution changed, IReadOnlyList<Diagnostic> findings, CancellationToken stop)
    {
        var (changes, why) = await state.TakeAsync(rule, changed, stop);
        if (why is not null)
        {
            Refused.Add(new RefusedFix([rule], name, $"'{title}' would not compile, and was not taken: {why}"));
            return findings;
        }

        if (changes.Count == 0)
        {
            return findings;
        }

        var left = await FindAsync(stop);
        var lines = changes.Select(change => LineCount.Of(change.Old, change.New)).ToList();
        Applied.Add(new AppliedFix(
            rule, title, name, Math.Max(0, findings.Count - left.Count), [.. changes.Select(change => scope.Relative(change.Path))], lines.Sum(line => line.Added), lines.Sum(line => line.Removed)));
        return left;
    }

    private async Task<Solution?> MakeAsync(CodeAction action, IReadOnlyList<Diagnostic> findings, CancellationToken stop)
    {
        var current = state.Solution.GetProject(project)!;
        if (action.EquivalenceKey is { } key && _fix!.GetFixAllProvider() is { } all && all.GetSupportedFixAllScopes().Contains(FixAllScope.Project))
        {
            action = await all.GetFixAsync(new FixAllContext(current, _fix, FixAllScope.Project, key, [rule], new FoundDiagnostics(findings), stop)) ?? action;
        }

        var operations = await action.GetOperationsAsync(state.Solution, new Progress<CodeAnalysisProgress>(), stop);
        return operations.OfType<ApplyChangesOperation>().FirstOrDefault()?.ChangedSolution;
    }

    private async Task<IReadOnlyList<Offer>> OffersAsync(IReadOnlyList<Diagnostic> findings, CancellationToken stop)
    {
        List<Offer> offers = [];
        foreach (var finding in findings)
        {
            if (state.Solution.GetDocument(finding.Location.SourceTree) is { } document)
            {
                var actions = await FixCatalog.OffersAsync(_fix!, document, finding, stop);
                offers.Add(new Offer(finding, actions, FixCatalog.Choose(rule, actions, scope.Variant)));
            }
        }

        return offers;
    }

    private async Task<IReadOnlyList<Diagnostic>> FindAsync(CancellationToken stop)
    {
        var current = state.Solution.GetProject(project)!;
        var analyzers = rules.Analyzers.Where(analyzer => analyzer.SupportedDiagnostics.Any(descriptor => descriptor.Id == rule)).ToArray();
        var found = await ProjectFindings.OfAsync(current, [.. analyzers], scope, stop);
        return [.. found.Where(diagnostic => diagnostic.Id == rule)];
    }

    private void Settle(IReadOnlyList<Diagnostic> findings, IReadOnlyList<Offer> offers)
    {
        var open = offers.Where(offer => offer.Chosen is null && offer.Actions.Count > 0).ToList();
        if (open.Count > 0)
        {
            var variants = open.SelectMany(offer => offer.Actions).Select(action => new FixVariant(action.EquivalenceKey ?? action.Title, action.Title)).DistinctBy(variant => variant.Key);
            Decision = new OpenDecision(rule, name, open.Count, [.. variants]);
        }

        var left = findings.Count - open.Count;
        Left = left > 0 ? new LeftFinding(rule, name, left, _fix is not null) : null;
    }

    private sealed record Offer(Diagnostic Finding, IReadOnlyList<CodeAction> Actions, CodeAction? Chosen)
    {
        /// <summary>Equal for findings that are fixed at once. An action without a key is made for one place, which is known by its file and its text: lines move.</summary>
        public string Mark => Chosen!.EquivalenceKey ?? $"{Finding.Location.SourceTree?.FilePath} {Finding.GetMessage(System.Globalization.CultureInfo.InvariantCulture)} {Finding.Location.SourceSpan.Start}";
    }
}
