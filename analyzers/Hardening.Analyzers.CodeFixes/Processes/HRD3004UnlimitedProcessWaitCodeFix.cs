using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Processes;

/// <summary>Passes the token that is in scope; where there is none, gives the wait a limit, at which the child is killed.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD3004UnlimitedProcessWaitCodeFix : OneByOneCodeFix
{
    private const string PassToken = "Pass the token to the wait";
    private const string Limit = "Wait one minute at most, then kill the process tree and throw a TimeoutException";
    private const string Message = "\"The process did not end within a minute.\"";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD3004UnlimitedProcessWaitAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call || model.GetOperation(call, cancellationToken) is not IInvocationOperation wait)
        {
            yield break;
        }

        var root = reported.SyntaxTree.GetRoot(cancellationToken);
        if (!ChildUses.IsAsync(wait))
        {
            if (WithLimit(wait, root, model) is { } limited)
            {
                yield return new Edit(Limit, Limit, limited);
            }
        }
        else if (TokenAt(call, model) is { } token)
        {
            if (WithToken(wait, call, token, root, model) is { } passed)
            {
                yield return new Edit(PassToken, PassToken, passed);
            }
        }
        else if (WithTimer(wait, call, root, model) is { } timed)
        {
            yield return new Edit(Limit, Limit, timed);
        }
    }

    private static SyntaxNode? WithLimit(IInvocationOperation wait, SyntaxNode root, SemanticModel model)
    {
        if (WaitEdits.Process(wait) is not { } process
            || WaitEdits.Statement(wait.Syntax) is not { } statement
            || WaitEdits.IfNotEnded(wait, "(60_000)", GiveUp(process, statement, model), root) is not { } asked)
        {
            return null;
        }

        // With a limit, the wait does not wait for the last lines that the events bring.
        return Scopes.Replace(root, statement, ReadsLines(wait) ? [asked, SyntaxFactory.ParseStatement($"{wait.Syntax};")] : [asked]);
    }

    private static SyntaxNode? WithToken(IInvocationOperation wait, InvocationExpressionSyntax call, string token, SyntaxNode root, SemanticModel model)
    {
        var passed = call.WithArgumentList(SyntaxFactory.ParseArgumentList($"({token})").WithTriviaFrom(call.ArgumentList));
        return IsKilledOnCancel(wait, model) ? root.ReplaceNode(call, passed)
            : Enclosed(wait, root, model) is { } enclosed ? enclosed.ReplaceNode(Same(call, root, enclosed), passed)
            : WaitEdits.Process(wait) is { } process && AwaitStatement(wait, call) is { } statement
                ? Scopes.Replace(root, statement, [WaitEdits.InTry(
                    statement.ReplaceNode(call, passed), $" ({WaitEdits.Name("System.OperationCanceledException", statement, model)})", [WaitEdits.Kill($"{process}", model), "throw;"], root)])
            : root.ReplaceNode(call, passed);
    }

    // What is cancelled before the wait leaves the child too: HRD3002, which leaves the word to the rule of the wait.
    private static SyntaxNode? Enclosed(IInvocationOperation wait, SyntaxNode root, SemanticModel model) =>
        ProcessTypes.Of(model.Compilation) is { } types
        && LeftChild.Of(wait, types) is { Creation: { } created }
        && types.Ownership.Follow(created) is var child
        && HRD3002ChildOutlivesOwnerAnalyzer.Left(created, child, CompilationFacts.Of(model.Compilation, new AnalyzerOptions([]))) is not null
            ? TryFinallyEnd.Of(created, child, model, root)?.Root
            : null;

    // The enclosing keeps the order of the calls, and adds none of this text.
    private static InvocationExpressionSyntax Same(InvocationExpressionSyntax call, SyntaxNode root, SyntaxNode edited)
    {
        var text = call.ToString();
        return Calls(edited).ElementAt(Calls(root).TakeWhile(each => each != call).Count());

        IEnumerable<InvocationExpressionSyntax> Calls(SyntaxNode node) => node.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(each => each.ToString() == text);
    }

    private static SyntaxNode? WithTimer(IInvocationOperation wait, InvocationExpressionSyntax call, SyntaxNode root, SemanticModel model)
    {
        if (WaitEdits.Process(wait) is not { } process || AwaitStatement(wait, call) is not { } statement || !Scopes.AllowsUsingDeclaration(statement))
        {
            return null;
        }

        var limit = Scopes.Free("limit", statement, model, []);
        var passed = statement.ReplaceNode(call.ArgumentList, SyntaxFactory.ParseArgumentList($"({limit}.Token)").WithTriviaFrom(call.ArgumentList));
        var timer = $"using var {limit} = new {WaitEdits.Name("System.Threading.CancellationTokenSource", statement, model)}({WaitEdits.Name("System.TimeSpan", statement, model)}.FromMinutes(1));";
        return Scopes.Replace(root, statement,
        [
            SyntaxFactory.ParseStatement(timer),
            WaitEdits.InTry(passed, $" ({WaitEdits.Name("System.OperationCanceledException", statement, model)})", GiveUp(process, statement, model), root),
        ]);
    }

    private static string[] GiveUp(ExpressionSyntax process, SyntaxNode at, SemanticModel model) =>
        [WaitEdits.Kill($"{process}", model), $"throw new {WaitEdits.Name("System.TimeoutException", at, model)}({Message});"];

    // await p.WaitForExitAsync(); as a statement of its own.
    private static ExpressionStatementSyntax? AwaitStatement(IInvocationOperation wait, InvocationExpressionSyntax call) =>
        AwaitedExit.EndsOf(wait).ToList() is { Count: 1 } ends && ends[0] is IAwaitOperation { Syntax.Parent: ExpressionStatementSyntax awaited } && WaitEdits.Statement(call) == awaited && !awaited.ToString().Contains("SuppressThrowing")
            ? awaited
            : null;

    private static bool IsKilledOnCancel(IInvocationOperation wait, SemanticModel model) =>
        ProcessTypes.Of(model.Compilation) is not { } types
        || LeftChild.Of(wait, types) is not { Parameter: null } child
        || !LeftChild.RunsOnWhenCancelled(wait, child);

    private static bool ReadsLines(IInvocationOperation wait) =>
        wait.Function().Descendants().Any(operation => operation is IInvocationOperation { TargetMethod.Name: "BeginOutputReadLine" or "BeginErrorReadLine" });

    // A parameter of the innermost function that has one; a local; a field.
    private static string? TokenAt(SyntaxNode call, SemanticModel model)
    {
        var inScope = model.LookupSymbols(call.SpanStart).Where(symbol => TypeOf(symbol) is { Name: "CancellationToken" } && IsAssigned(symbol, call)).ToList();
        var enclosing = model.GetEnclosingSymbol(call.SpanStart);
        return (inScope.Find(symbol => symbol is IParameterSymbol && SymbolEqualityComparer.Default.Equals(symbol.ContainingSymbol, enclosing))
            ?? inScope.Find(symbol => symbol is IParameterSymbol or ILocalSymbol)
            ?? inScope.Find(symbol => IsUsable(symbol, enclosing)))?.Name;
    }

    private static ITypeSymbol? TypeOf(ISymbol symbol) => symbol switch
    {
        IParameterSymbol parameter => parameter.Type,
        ILocalSymbol local => local.Type,
        IFieldSymbol field => field.Type,
        _ => null,
    };

    private static bool IsUsable(ISymbol field, ISymbol? enclosing) =>
        field is IFieldSymbol && (field.IsStatic || enclosing is { IsStatic: false });

    private static bool IsAssigned(ISymbol symbol, SyntaxNode call) =>
        symbol is not ILocalSymbol
        || symbol.DeclaringSyntaxReferences.All(declared => declared.Span.End <= call.SpanStart && declared.GetSyntax() is VariableDeclaratorSyntax { Initializer: not null } or ParameterSyntax);
}
