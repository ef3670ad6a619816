using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Processes;

/// <summary>After the request: a wait with a limit, and a kill of the whole tree when it is over. Where the Process is at hand.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD3008AskedToEndOnlyCodeFix : OneByOneCodeFix
{
    // Long enough to save what is open, and within what a host grants a shutdown (30 seconds).
    private const string Title = "Wait 10 seconds for it to end, then kill it with its descendants";
    private const string TitleOfKept = "Kill it with its descendants when the wait is over";
    private const string Limit = "global::System.TimeSpan.FromSeconds(10)";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD3008AskedToEndOnlyAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        foreach (var edit in Escalated(reported, model, cancellationToken))
        {
            yield return edit;
        }

        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } asked
            && ProcessTypes.Of(model.Compilation) is { } types
            && model.GetOperation(asked, cancellationToken) is IInvocationOperation call
            && EndRequest.Of(call, types) is { Child: { } child }
            && SupervisedMove.OfAsked(asked, child, model, types, cancellationToken) is var (title, moved))
        {
            yield return new Edit(title, SupervisedMove.Key, moved);
        }
    }

    private static IEnumerable<Edit> Escalated(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } syntax
            || ProcessTypes.Of(model.Compilation) is not { } types
            || model.GetOperation(syntax, cancellationToken) is not IInvocationOperation call
            || EndRequest.Of(call, types) is not { Child: { } child }
            || syntax.FirstAncestorOrSelf<StatementSyntax>() is not { } statement
            || syntax.Ancestors().TakeWhile(node => node != statement).Any(node => node is AnonymousFunctionExpressionSyntax)
            || child is not (ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation })
            || !Has(model, "Kill", "Boolean"))
        {
            yield break;
        }

        var root = statement.SyntaxTree.GetRoot(cancellationToken);
        var process = child.Syntax.WithoutTrivia().ToString();
        var isConditional = call.Instance is IConditionalAccessInstanceOperation;
        var isAsync = Awaits.IsAsync(Awaits.FunctionAround(statement)) || Awaits.IsTopLevel(statement) && root.DescendantNodes().Any(node => node is AwaitExpressionSyntax);
        if (statement is IfStatementSyntax choice)
        {
            if (!isAsync && AsCondition(choice, syntax, process, model) is { } condition)
            {
                yield return new Edit(Title, HRD3008AskedToEndOnlyAnalyzer.Id, root.ReplaceNode(choice.Condition, condition));
            }
        }
        else if (!IsPlain(statement, syntax) || statement.Parent is not (BlockSyntax or GlobalStatementSyntax))
        {
            yield break;
        }
        else if (isAsync)
        {
            if (!isConditional && Awaits.IsAllowedAt(syntax, model) && Scopes.AllowsUsingDeclaration(statement) && Has(model, "WaitForExitAsync", "CancellationToken"))
            {
                yield return new Edit(Title, HRD3008AskedToEndOnlyAnalyzer.Id, Scopes.InsertAfter(root, statement, Awaited(process, statement, model).Select(Parse)));
            }
        }
        else if (WaitAfter(statement, child, model) is { } wait)
        {
            var limit = wait.ArgumentList.Arguments is { Count: 1 } given ? given[0].ToString() : null;
            yield return new Edit(
                limit is null ? Title : TitleOfKept,
                HRD3008AskedToEndOnlyAnalyzer.Id + (limit is null ? "" : "Kept"),
                Scopes.Replace(root, (StatementSyntax)wait.Parent!, [Parse(Waited(process, isConditional: false, limit ?? LimitFor(model)))]));
        }
        else
        {
            yield return new Edit(Title, HRD3008AskedToEndOnlyAnalyzer.Id, Scopes.InsertAfter(root, statement, Parse(Waited(process, isConditional, LimitFor(model)))));
        }
    }

    private static string LimitFor(SemanticModel model) => Has(model, "WaitForExit", "TimeSpan") ? Limit : "10_000";

    private static bool Has(SemanticModel model, string method, string parameter) =>
        model.Compilation.GetTypeByMetadataName("System.Diagnostics.Process")?.GetMembers(method).OfType<IMethodSymbol>().Any(each => each.Parameters.Length == 1 && each.Parameters[0].Type.Name == parameter) == true;

    // if (!p.CloseMainWindow()) { p.Kill(); }: the window was there, and then?
    private static ExpressionSyntax? AsCondition(IfStatementSyntax choice, InvocationExpressionSyntax asked, string process, SemanticModel model) =>
        choice.Condition is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: var operand } && operand == asked
        && choice.Statement.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Kill" })
            ? Shortened(SyntaxFactory.ParseExpression($"{choice.Condition.WithoutTrivia()} || !{process}.WaitForExit({LimitFor(model)})")).WithTriviaFrom(choice.Condition)
            : null;

    // p.CloseMainWindow(); kill(p.Id, 15); using var kill = Process.Start("kill", …);
    private static bool IsPlain(StatementSyntax statement, InvocationExpressionSyntax asked) => statement switch
    {
        ExpressionStatementSyntax { Expression: var expression } => expression == asked || expression is ConditionalAccessExpressionSyntax or AssignmentExpressionSyntax || expression.Span.Contains(asked.Span),
        LocalDeclarationStatementSyntax => true,
        _ => false,
    };

    private static InvocationExpressionSyntax? WaitAfter(StatementSyntax statement, IOperation child, SemanticModel model)
    {
        var next = statement.Parent switch
        {
            BlockSyntax block => block.Statements.ElementAtOrDefault(block.Statements.IndexOf(statement) + 1),
            GlobalStatementSyntax { Parent: CompilationUnitSyntax unit } global => (unit.Members.ElementAtOrDefault(unit.Members.IndexOf(global) + 1) as GlobalStatementSyntax)?.Statement,
            _ => null,
        };
        return next is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax wait }
            && model.GetOperation(wait) is IInvocationOperation { TargetMethod: { Name: "WaitForExit", Parameters.Length: <= 1 }, Instance: { } waited }
            && SymbolEqualityComparer.Default.Equals(StartedChild.SymbolOf(waited.Unwrap()), StartedChild.SymbolOf(child))
                ? wait
                : null;
    }

    private static string Waited(string process, bool isConditional, string limit) =>
        $"if ({(isConditional ? $"{process}?.WaitForExit({limit}) == false" : $"!{process}.WaitForExit({limit})")})\n{{\n{process}.Kill(entireProcessTree: true);\n}}";

    private static IEnumerable<string> Awaited(string process, StatementSyntax statement, SemanticModel model)
    {
        var limit = Scopes.Free("limit", statement, model, []);
        yield return $"using var {limit} = new global::System.Threading.CancellationTokenSource({Limit});";
        yield return $"try\n{{\nawait {process}.WaitForExitAsync({limit}.Token);\n}}\ncatch (global::System.OperationCanceledException)\n{{\n{process}.Kill(entireProcessTree: true);\n}}";
    }

    // Each name is shortened by itself.
    private static ExpressionSyntax Shortened(ExpressionSyntax expression) =>
        expression.ReplaceNodes(expression.DescendantNodes().OfType<MemberAccessExpressionSyntax>(), (_, name) => name.WithAdditionalAnnotations(Simplifier.Annotation));

    private static StatementSyntax Parse(string text) => SyntaxFactory.ParseStatement(text).WithAdditionalAnnotations(Simplifier.Annotation);
}
