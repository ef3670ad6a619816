using System.Runtime.CompilerServices;
using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Locks;

/// <summary>Where locks are taken, by name: of all the places that take one lock, one speaks for it.</summary>
internal sealed class LockSites(Compilation compilation, CompilationFacts facts)
{
    private static readonly ConditionalWeakTable<SyntaxTree, ILookup<string, Site>> Trees = new();

    private readonly INamedTypeSymbol? _lock = compilation.GetTypeByMetadataName("System.Threading.Lock");

    /// <summary>The value that is locked by a <c>lock</c> statement, <c>Monitor.Enter</c>, or a method of <c>Lock</c>.</summary>
    public IOperation? TakenBy(IOperation operation) => operation switch
    {
        ILockOperation statement => statement.LockedValue,
        IInvocationOperation { TargetMethod.Name: "Enter" or "TryEnter" or "EnterScope" } call =>
            call.Instance is { } instance && _lock is not null && SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, _lock) ? instance : facts.Locks.TakenBy(call),
        _ => null,
    };

    /// <summary>
    /// Where to say something about the lock, if this place is the one to say it: at its declaration when that document locks it, too,
    /// and otherwise at the first place that does.
    /// </summary>
    public Location? SpeaksFor(ISymbol member, IOperation locked)
    {
        var here = locked.Syntax.SyntaxTree;
        var home = member.DeclaringSyntaxReferences.Select(declaration => declaration.SyntaxTree).FirstOrDefault(compilation.ContainsSyntaxTree);
        var speaker = home is not null && FirstIn(home, member) is { } own ? own
            : compilation.SyntaxTrees.Select(tree => FirstIn(tree, member)).FirstOrDefault(site => site is not null);
        if (speaker is not null && (speaker.Name.SyntaxTree != here || !locked.Syntax.Span.IntersectsWith(speaker.Locked)))
        {
            return null;
        }

        return home == here ? member.Locations.First(location => location.SourceTree == here) : locked.Syntax.GetLocation();
    }

    /// <summary>The document that declares the member also locks it.</summary>
    public bool IsLockedAtHome(ISymbol member) =>
        member.DeclaringSyntaxReferences.Any(declaration => compilation.ContainsSyntaxTree(declaration.SyntaxTree) && FirstIn(declaration.SyntaxTree, member) is not null);

    /// <summary>Code of more than one type takes the lock, by the one name or the other. A type and what is nested in it are one.</summary>
    public bool AreOfSeveralTypes(ISymbol member, ISymbol? otherName) =>
        compilation.SyntaxTrees
            .SelectMany(tree => otherName is null ? In(tree, member) : In(tree, member).Concat(In(tree, otherName)))
            .Select(OuterType)
            .Distinct(SymbolEqualityComparer.Default)
            .Skip(1).Any();

    private Site? FirstIn(SyntaxTree tree, ISymbol member) => In(tree, member).FirstOrDefault();

    private IEnumerable<Site> In(SyntaxTree tree, ISymbol member) =>
        Mentions.Any(member.Name, tree)
            ? Trees.GetValue(tree, Read)[member.Name].Where(site =>
                SymbolEqualityComparer.Default.Equals(facts.Graph.ModelOf(tree).GetSymbolInfo(site.Name).Symbol?.OriginalDefinition, member))
            : [];

    private ISymbol? OuterType(Site site)
    {
        var type = facts.Graph.ModelOf(site.Name.SyntaxTree).GetEnclosingSymbol(site.Name.SpanStart)?.ContainingType;
        while (type?.ContainingType is { } outer)
        {
            type = outer;
        }

        return type;
    }

    private static ILookup<string, Site> Read(SyntaxTree tree) =>
        tree.GetRoot().DescendantNodes().SelectMany(Locked).SelectMany(Sites).ToLookup(site => site.Name.Identifier.ValueText);

    // lock (a.Gate), Monitor.Enter(a.Gate), a.Gate.EnterScope()
    private static IEnumerable<ExpressionSyntax> Locked(SyntaxNode node) => node switch
    {
        LockStatementSyntax { Expression: var locked } => [locked],
        InvocationExpressionSyntax { Expression: var method, ArgumentList.Arguments: var arguments } when NameOf(method)?.Identifier.ValueText is "Enter" or "TryEnter" or "EnterScope" =>
            arguments.Select(argument => argument.Expression).Concat(method is MemberAccessExpressionSyntax { Expression: var target } ? [target] : []),
        _ => [],
    };

    // var gate = a.Gate; lock (gate)
    private static IEnumerable<Site> Sites(ExpressionSyntax locked)
    {
        if (NameOf(locked) is not { } name)
        {
            yield break;
        }

        yield return new Site(name, locked.Span);
        if (name == locked && locked.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member)
        {
            foreach (var variable in member.DescendantNodes().OfType<VariableDeclaratorSyntax>())
            {
                if (variable.Identifier.ValueText == name.Identifier.ValueText && variable.Initializer is { Value: var value } && NameOf(value) is { } copied)
                {
                    yield return new Site(copied, locked.Span);
                }
            }
        }
    }

    private static SimpleNameSyntax? NameOf(ExpressionSyntax expression) => expression switch
    {
        SimpleNameSyntax name => name,
        MemberAccessExpressionSyntax { Name: var name } => name,
        ParenthesizedExpressionSyntax { Expression: var inner } => NameOf(inner),
        CastExpressionSyntax { Expression: var inner } => NameOf(inner),
        PostfixUnaryExpressionSyntax { Operand: var inner } => NameOf(inner),
        _ => null,
    };

    private sealed class Site(SimpleNameSyntax name, TextSpan locked)
    {
        public SimpleNameSyntax Name { get; } = name;

        public TextSpan Locked { get; } = locked;
    }
}
