using System.Collections.Concurrent;
using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>HRD1008: one thread holds the first lock and waits for the second, another holds the second and waits for the first.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD1008LockOrderInvertedAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD1008";

    private const string Title = "Take locks in one order everywhere";
    private const string Message = "'{0}' takes {1}, but '{2}' takes {3}: two threads that do so at once wait for each other forever";
    private const string Description =
        "Two locks that are nested in both orders can deadlock: each of two threads holds the lock that the other one waits for. Nothing times out and nothing is logged. Take them in one order, or release the first before the second.";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(Id, Title, Message, Categories.Locks, DiagnosticSeverity.Warning, Description);

    // An editor reports only what needs no other document; a build reports both.
    private static readonly DiagnosticDescriptor AtEnd =
        Rules.Create(Id, Title, Message, Categories.Locks, DiagnosticSeverity.Warning, Description, WellKnownDiagnosticTags.CompilationEnd);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule, AtEnd);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            var trees = new ConcurrentDictionary<SyntaxTree, bool>();
            start.RegisterOperationActionInTypes(
                operation => Analyze(operation, facts, trees), OperationKind.Lock, OperationKind.Using, OperationKind.UsingDeclaration, OperationKind.Invocation);
            start.RegisterCompilationEndAction(end => Report(end, facts, trees.Keys));
        });
    }

    private static void Analyze(OperationAnalysisContext context, CompilationFacts facts, ConcurrentDictionary<SyntaxTree, bool> trees)
    {
        var tree = context.Operation.Syntax.SyntaxTree;
        foreach (var nesting in facts.LockOrder.Of(context.Operation, context.ContainingSymbol))
        {
            trees.TryAdd(tree, true);
            var here = facts.LockOrder.In(tree);
            if (Inverse(nesting, here[nesting.Inner]) is { } inverse && IsFirst(nesting, here))
            {
                context.ReportDiagnostic(Create(Rule, nesting, Names.Of(inverse.Member), inverse.Path, inverse.OuterAt, inverse.Site, inverse.InnerAt));
            }
        }

        if (context.Operation is ILockOperation inner && facts.LockOrder.OfExchangeable(inner, context.ContainingSymbol) is { } exchangeable)
        {
            context.ReportDiagnostic(Create(Rule, exchangeable, Names.Of(exchangeable.Member), "the same two the other way round when its arguments are"));
        }
    }

    private static void Report(CompilationAnalysisContext context, CompilationFacts facts, IEnumerable<SyntaxTree> trees)
    {
        var ordered = trees.OrderBy(tree => tree.FilePath, StringComparer.Ordinal).Select(tree => facts.LockOrder.In(tree)).ToList();
        var all = ordered.SelectMany(tree => tree.SelectMany(sameOuter => sameOuter)).ToLookup(nesting => nesting.Outer, SymbolEqualityComparer.Default);
        var reported = new HashSet<(ISymbol, ISymbol)>(
            ordered.SelectMany(tree => tree.SelectMany(sameOuter => sameOuter).Where(nesting => Inverse(nesting, tree[nesting.Inner]) is not null)).Select(Pair));
        foreach (var nesting in all.SelectMany(sameOuter => sameOuter))
        {
            if (!reported.Contains(Pair(nesting)) && Inverse(nesting, all[nesting.Inner]) is { } inverse)
            {
                reported.Add(Pair(nesting));
                reported.Add(Pair(inverse));
                context.ReportDiagnostic(Create(AtEnd, nesting, Names.Of(inverse.Member), inverse.Path, inverse.OuterAt, inverse.Site, inverse.InnerAt));
            }
        }
    }

    private static (ISymbol, ISymbol) Pair(Nesting nesting) => (nesting.Outer, nesting.Inner);

    // With a lock around both in both places, only one thread at a time gets so far.
    private static Nesting? Inverse(Nesting nesting, IEnumerable<Nesting> withInnerOutside) =>
        withInnerOutside.FirstOrDefault(other => Are(other.Inner, nesting.Outer) && !other.Around.Intersect(nesting.Around, SymbolEqualityComparer.Default).Any());

    // Of all nestings of the two locks in the document, in either order.
    private static bool IsFirst(Nesting nesting, ILookup<ISymbol, Nesting> here)
    {
        var first = here[nesting.Outer].Where(other => Are(other.Inner, nesting.Inner)).Concat(here[nesting.Inner].Where(other => Are(other.Inner, nesting.Outer)))
            .Where(other => Inverse(other, here[other.Inner]) is not null)
            .OrderBy(other => other.Site.SourceSpan.Start).ThenBy(other => other.OuterAt.SourceSpan.Start).First();
        return first.Site.SourceSpan == nesting.Site.SourceSpan && first.OuterAt.SourceSpan == nesting.OuterAt.SourceSpan;
    }

    private static bool Are(ISymbol one, ISymbol other) => SymbolEqualityComparer.Default.Equals(one, other);

    private static Diagnostic Create(DiagnosticDescriptor rule, Nesting nesting, string otherMember, string otherPath, params Location[] others) =>
        Diagnostic.Create(rule, nesting.Site, [nesting.OuterAt, nesting.InnerAt, .. others], Names.Of(nesting.Member), nesting.Path, otherMember, otherPath);
}
