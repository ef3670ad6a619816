using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Camera;

/// <summary>Asks for the frame, and pauses before the next try when there is none. Only in a loop: elsewhere the code does not tell what to do without a frame.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD4006MissingFrameIgnoredCodeFix : OneByOneCodeFix
{
    private const string Title = "Pause and try again when there is no frame";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD4006MissingFrameIgnoredAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call
            || Captures.Of(model.Compilation) is not { } captures
            || model.GetOperation(call, cancellationToken) is not { } operation
            || captures.GrabOf(operation) is not { IsVendor: false } grab)
        {
            yield break;
        }

        var outcome = GrabOutcome.Of(grab, captures, CompilationFacts.Of(model.Compilation, new AnalyzerOptions([])));
        if (outcome.Loop is null || Pause(call, model) is not { } pause)
        {
            yield break;
        }

        var root = reported.SyntaxTree.GetRoot(cancellationToken);
        var edited = outcome switch
        {
            { Spin: { } spin } => PauseIn(spin, pause, root),
            { IsIgnored: true } when !MayGoOn(call, outcome, grab) => null,
            { IsIgnored: true } when grab.Result == GrabResult.Success => Ask(call, pause, root),
            { IsIgnored: true } => Look(call, pause, root, isEmgu: grab.Call.TargetMethod.Name != "RetrieveMat"),
            _ => null,
        };
        if (edited is not null && Awaits.StillCompiles(model, edited, cancellationToken))
        {
            yield return new Edit(Title, Title, edited);
        }
    }

    // Neither leaves a finally by continue, nor skips what ends the frame.
    private static bool MayGoOn(SyntaxNode call, GrabOutcome outcome, Grab grab)
    {
        var loop = outcome.Loop!;
        var frame = grab.Image is { } image ? FrameChecks.Variable(image) : GrabOutcome.Taken(grab.Call);
        return !call.Ancestors().TakeWhile(outer => outer != loop.Syntax).Any(outer => outer is FinallyClauseSyntax)
            && !(frame is ILocalSymbol && loop.Syntax.Span.Contains(frame.Locations[0].SourceSpan)
                && References.Of(frame, grab.Call).Any(use => use.Parent is IInvocationOperation { TargetMethod.Name: "Dispose" or "Release" }));
    }

    // camera.Read(frame);
    private static SyntaxNode? Ask(InvocationExpressionSyntax call, string pause, SyntaxNode root)
    {
        if (call.Parent is not ExpressionStatementSyntax { Parent: BlockSyntax or GlobalStatementSyntax } statement)
        {
            return null;
        }

        return root.ReplaceNode(statement, Parse($"if (!{call.WithoutTrivia()})\n{{\n{pause}\ncontinue;\n}}").WithTriviaFrom(statement));
    }

    // var frame = camera.RetrieveMat();
    private static SyntaxNode? Look(InvocationExpressionSyntax call, string pause, SyntaxNode root, bool isEmgu)
    {
        if (call.Parent is not EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax { Parent: BlockSyntax block } statement } variable })
        {
            return null;
        }

        var name = variable.Identifier.ValueText;
        var question = Parse($"if ({(isEmgu ? $"{name} is null || {name}.IsEmpty" : $"{name}.Empty()")})\n{{\n{pause}\ncontinue;\n}}").WithTrailingTrivia(Scopes.LineEnd(root));
        return root.ReplaceNode(block, block.WithStatements(block.Statements.Insert(block.Statements.IndexOf(statement) + 1, question)));
    }

    private static SyntaxNode? PauseIn(GrabSpin spin, string pause, SyntaxNode root) => (spin.Choice?.Syntax as IfStatementSyntax, spin.WithoutFrame?.Syntax as StatementSyntax) switch
    {
        (null, { } body) when spin.Choice is null => root.ReplaceNode(body, WithPause(body, pause, root)),
        ({ } choice, { } without) when choice.Statement == without || choice.Else?.Statement == without => root.ReplaceNode(without, WithPause(without, pause, root)),
        ({ Else: null } choice, null) => root.ReplaceNode(choice, choice.WithElse(
            SyntaxFactory.ElseClause(SyntaxFactory.Block(Parse(pause))).WithTrailingTrivia(Scopes.LineEnd(root))).WithAdditionalAnnotations(Formatter.Annotation)),
        _ => null,
    };

    // At the end, or before the continue there.
    private static BlockSyntax WithPause(StatementSyntax statement, string pause, SyntaxNode root)
    {
        switch (statement)
        {
            case BlockSyntax block:
                var place = block.Statements.LastOrDefault() is ContinueStatementSyntax ? block.Statements.Count - 1 : block.Statements.Count;
                var inserted = Parse(pause).WithTrailingTrivia(Scopes.LineEnd(root));
                // A comment in an empty block stands before its brace.
                return block.Statements.Count == 0
                    ? block.WithStatements([inserted.WithLeadingTrivia(block.CloseBraceToken.LeadingTrivia)]).WithCloseBraceToken(block.CloseBraceToken.WithLeadingTrivia()).WithAdditionalAnnotations(Formatter.Annotation)
                    : block.WithStatements(block.Statements.Insert(place, inserted)).WithAdditionalAnnotations(Formatter.Annotation);
            case EmptyStatementSyntax:
                return SyntaxFactory.Block(Parse(pause)).WithTrailingTrivia(statement.GetTrailingTrivia()).WithAdditionalAnnotations(Formatter.Annotation);
            default:
                return SyntaxFactory.Block(Parse(pause).WithTrailingTrivia(Scopes.LineEnd(root)), statement).WithTrailingTrivia(Scopes.LineEnd(root)).WithAdditionalAnnotations(Formatter.Annotation);
        }
    }

    // Null under a lock, and where the code is async and may not await.
    private static string? Pause(SyntaxNode call, SemanticModel model)
    {
        var function = Awaits.FunctionAround(call);
        var isAsync = function is null ? call.SyntaxTree.GetRoot().DescendantNodes().Any(node => node is AwaitExpressionSyntax && Awaits.FunctionAround(node) is null) : Awaits.IsAsync(function);
        if (call.Ancestors().TakeWhile(outer => outer != function).Any(outer => outer is LockStatementSyntax) || isAsync && !Awaits.IsAllowedAt(call, model))
        {
            return null;
        }

        var token = model.LookupSymbols(call.SpanStart).FirstOrDefault(symbol => symbol is IParameterSymbol { Type: { Name: nameof(CancellationToken), ContainingNamespace.Name: "Threading" } });
        return isAsync
            ? $"await global::System.Threading.Tasks.Task.Delay(100{(token is null ? "" : ", " + token.Name)});"
            : "global::System.Threading.Thread.Sleep(100);";
    }

    private static StatementSyntax Parse(string text) => FullNames.Shorten(SyntaxFactory.ParseStatement(text)).WithAdditionalAnnotations(Formatter.Annotation);
}
