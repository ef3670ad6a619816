using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Evidence;

/// <summary>Finds the statement that a report means, in the functions that may be meant.</summary>
internal sealed class StatementSearch(EvidencePlace place, SemanticModel model, CancellationToken cancellation)
{
    // The nearest statement is meant where every other is farther by this factor.
    private const int Clear = 3;

    private static readonly SymbolDisplayFormat TypeName = new(typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces);

    /// <param name="functions">Those with the name that the report has.</param>
    /// <param name="isSame">The file is as it was compiled: lines are what they were.</param>
    /// <returns>The statement, or the reason why none is certain.</returns>
    public (SyntaxNode? Node, string? Reason) Find(IReadOnlyList<StackFunction> functions, bool isSame)
    {
        var calls = functions.SelectMany(function => function.Nodes.Where(node => Fits(node)).Select(node => (Node: node, Function: function))).ToList();
        // Optimised code may have lost the frame of the very call, but what is called has to do with it.
        if (calls.Count == 0 && place.Kind != FrameKind.Other)
        {
            calls = [.. functions.SelectMany(function => function.Nodes.Where(IsOfKind).Select(node => (Node: node, Function: function)))];
        }

        calls = [.. calls.GroupBy(call => call.Node).Select(same => same.First())]; // an initializer is part of every constructor
        if (isSame && place.Line > 0)
        {
            return AtLine([.. calls.Select(call => call.Node)], place.Line) is { } exact ? (exact, null)
                : calls.Count == 1 ? (calls[0].Node, null)
                : StatementAt(functions, place.Line) is { } statement ? (statement, null)
                : (null, $"line {place.Line} of it has no statement");
        }

        return place.Callee is null ? WithoutCall(functions) : Nearest(calls);
    }

    // Nothing tells the statement from others but its line.
    private (SyntaxNode?, string?) WithoutCall(IReadOnlyList<StackFunction> functions)
    {
        var isMeant = place.Line > 0 && (place.MethodLine == 0 || functions.Count == 1);
        return isMeant && StatementAt(functions, Expected(functions[0])) is { } statement
            ? (statement, null)
            : (null, $"it has changed, and nothing tells which statement of '{StackName.Short(place.Method)}' was at work");
    }

    private (SyntaxNode?, string?) Nearest(List<(SyntaxNode Node, StackFunction Function)> calls)
    {
        var what = place.Kind == FrameKind.Lock ? "takes a lock" : $"calls '{FrameKinds.Member(place.Callee!)}'";
        if (calls.Count < 2)
        {
            return calls.Count == 1 ? (calls[0].Node, null) : (null, $"nothing in '{StackName.Short(place.Method)}' {what} any more");
        }

        var distances = calls
            .Select(call => (call.Node, Distance: LinesOf(call.Node).Min(line => Math.Abs(line - Expected(call.Function)))))
            .OrderBy(call => call.Distance).ToList();
        return place.Line > 0 && distances[0].Distance * Clear < distances[1].Distance
            ? (distances[0].Node, null)
            : (null, $"it has changed, and any of {calls.Count} statements of '{StackName.Short(place.Method)}' that {(place.Kind == FrameKind.Lock ? "take a lock" : $"call '{FrameKinds.Member(place.Callee!)}'")} may be meant");
    }

    // As far from the beginning of its method as it was.
    private int Expected(StackFunction function) => place.MethodLine > 0 ? function.FirstLine + place.Line - place.MethodLine : place.Line;

    private static SyntaxNode? AtLine(IReadOnlyList<SyntaxNode> calls, int line)
    {
        var there = calls.Where(call => LinesOf(call).Contains(line)).ToList();
        return there.Count > 0 ? there[0] : null;
    }

    private static SyntaxNode? StatementAt(IEnumerable<StackFunction> functions, int line) => functions
        .SelectMany(function => function.Nodes)
        .FirstOrDefault(node => node is StatementSyntax and not BlockSyntax and not LocalFunctionStatementSyntax or { Parent: ArrowExpressionClauseSyntax or EqualsValueClauseSyntax { Parent: not VariableDeclaratorSyntax { Parent.Parent: StatementSyntax } } or LambdaExpressionSyntax }
            && node is not BlockSyntax && StackFunction.LineOf(node) == line);

    // Symbols have the line on which the statement begins; what is asked for may be on a later one.
    private static IEnumerable<int> LinesOf(SyntaxNode node)
    {
        yield return StackFunction.LineOf(node);
        if (node.AncestorsAndSelf().FirstOrDefault(owner => owner is StatementSyntax || owner.Parent is ArrowExpressionClauseSyntax or LambdaExpressionSyntax) is { } owner)
        {
            yield return StackFunction.LineOf(owner);
        }

        if (node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: var name } })
        {
            yield return StackFunction.LineOf(name);
        }
    }

    private bool Fits(SyntaxNode node)
    {
        if (place.Callee is not { } callee)
        {
            return false;
        }

        if (place.Kind == FrameKind.Lock)
        {
            return node is LockStatementSyntax || (MemberOf(node) is "Enter" or "TryEnter" or "EnterScope" && IsOfKind(node));
        }

        var member = FrameKinds.Member(callee);
        return member switch
        {
            "GetEnumerator" or "MoveNext" or "MoveNextAsync" when node is CommonForEachStatementSyntax => true,
            "Dispose" or "DisposeAsync" or "Close" when node is UsingStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } => true,
            ".ctor" => node is BaseObjectCreationExpressionSyntax && Symbol(node)?.ContainingType?.Name is var type && callee.EndsWith($".{type}..ctor", StringComparison.Ordinal),
            "Item" => node is ElementAccessExpressionSyntax,
            _ => MemberOf(node) == member && !IsOurs(node),
        };
    }

    // By its symbol: a method 'Wait' may be anybody's.
    private bool IsOfKind(SyntaxNode node)
    {
        if (MemberOf(node) is null || Symbol(node) is not { ContainingType: { } type } symbol)
        {
            return false;
        }

        var name = $"{type.OriginalDefinition.ToDisplayString(TypeName)}.{symbol.Name}";
        return FrameKinds.Of(name) == place.Kind && (place.Kind != FrameKind.Task || symbol.Name is "Result" or "Wait" or "WaitAll" or "WaitAny" or "GetResult" or "RunSynchronously");
    }

    private bool IsOurs(SyntaxNode node) => Symbol(node) is { } symbol && SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, model.Compilation.Assembly);

    private ISymbol? Symbol(SyntaxNode node) => model.GetSymbolInfo(node, cancellation) is var info ? info.Symbol ?? info.CandidateSymbols.FirstOrDefault() : null;

    private static string? MemberOf(SyntaxNode node) => node switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access.Name.Identifier.ValueText,
        InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax binding } => binding.Name.Identifier.ValueText,
        InvocationExpressionSyntax { Expression: SimpleNameSyntax name } => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Parent: not InvocationExpressionSyntax } access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax { Parent: not InvocationExpressionSyntax } binding => binding.Name.Identifier.ValueText,
        _ => null,
    };
}
