using Hardening.Analyzers.Camera;
using Hardening.Analyzers.Locks;
using Hardening.Analyzers.Threads;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Hardening.Cli.Fixing;

/// <summary>The fixes that this program brings, and which of them it may choose by itself.</summary>
internal static class FixCatalog
{
    /// <summary>Rules whose fixes make a queue bounded: each says what happens when it is full, and only people know what may.</summary>
    private static readonly string[] s_decisions = [HRD2004UnboundedHandOffAnalyzer.Id, HRD4008UnboundedFrameQueueAnalyzer.Id];

    private static readonly List<CodeFixProvider> s_providers =
        [.. from type in typeof(HRD1001LockOnUnfitObjectCodeFix).Assembly.GetTypes()
            where !type.IsAbstract && typeof(CodeFixProvider).IsAssignableFrom(type)
            orderby type.Name
            select (CodeFixProvider)Activator.CreateInstance(type)!];

    /// <summary>The fix of a rule; null where it has none.</summary>
    public static CodeFixProvider? Of(string rule) => s_providers.Find(provider => provider.FixableDiagnosticIds.Contains(rule));

    /// <summary>What a fix offers for a finding, the best first. An action that only groups others stands for these.</summary>
    public static async Task<IReadOnlyList<CodeAction>> OffersAsync(CodeFixProvider fix, Document document, Diagnostic diagnostic, CancellationToken stop)
    {
        List<CodeAction> offers = [];
        await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => offers.Add(action), stop));
        return [.. offers.SelectMany(action => action.NestedActions.IsEmpty ? [action] : action.NestedActions.AsEnumerable())];
    }

    /// <returns>The action to take; null where people have to choose, or what they chose is not offered.</returns>
    public static CodeAction? Choose(string rule, IReadOnlyList<CodeAction> offers, string? variant) =>
        variant is not null ? offers.FirstOrDefault(offer => offer.EquivalenceKey == variant) ?? offers.FirstOrDefault(offer => offer.Title.StartsWith(variant, StringComparison.OrdinalIgnoreCase))
        : s_decisions.Contains(rule) ? null
        : offers is [{ EquivalenceKey: not null } first, ..] ? first : null; // an action without a key is made for one place at a time, as each is a decision
}
