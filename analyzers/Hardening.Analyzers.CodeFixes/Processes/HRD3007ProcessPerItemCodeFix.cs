using Hardening.Analyzers.Facts;
using Hardening.Analyzers.Threads;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Processes;

/// <summary>Bounds how many children run at once by a parallel loop with a limit, where the loop around the start is plain.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD3007ProcessPerItemCodeFix : OneByOneCodeFix
{
    private const string Title = "Run as many at once as there are cores";
    private const string TitleOfWait = Title + ", and wait for them";

    // The bound of the other fixes; a child that computes takes a core.
    private const string Cores = "global::System.Environment.ProcessorCount";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD3007ProcessPerItemAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } start
            && RootOf(start, model, cancellationToken) is { } root
            && Limited(start, root, model, cancellationToken) is var (limited, waits)
            && Count(limited, model, cancellationToken) < Count(model.SyntaxTree.GetRoot(cancellationToken), model, cancellationToken))
        {
            yield return waits ? new Edit(TitleOfWait, HRD3007ProcessPerItemAnalyzer.Id + "Wait", limited) : new Edit(Title, HRD3007ProcessPerItemAnalyzer.Id, limited);
        }
    }

    private static (SyntaxNode Root, bool Waits)? Limited(InvocationExpressionSyntax start, Root root, SemanticModel model, CancellationToken cancellationToken)
    {
        if (root.Loop is { Syntax: ForEachStatementSyntax loop })
        {
            return loop.SyntaxTree != model.SyntaxTree ? null
                : OnlyStart(loop, start) is { } only ? AwaitedLoop(loop, only, start, model)
                : TaskIn(loop) is { } task && HRD2002TaskPerItemCodeFix.Limited(task, model, cancellationToken) is { } ofTasks ? ofTasks
                : JoinAfter(loop) is { } join && HRD2003AllAtOnceCodeFix.Limited(join, model, cancellationToken, Cores) is { } ofList ? (ofList, false)
                : null;
        }

        if (root.Function is not { } function || ChildEnd.CallOf(function) is not { Syntax: InvocationExpressionSyntax call } || call.SyntaxTree != model.SyntaxTree)
        {
            return null;
        }

        var changed = call.Ancestors().OfType<InvocationExpressionSyntax>().FirstOrDefault() is { } outer && outer.ArgumentList.Arguments is { Count: 1 } given && given[0].Expression == call
            ? HRD2003AllAtOnceCodeFix.Limited(outer, model, cancellationToken, Cores)
            : HRD2005BlockingParallelBodyCodeFix.Limited(call, model, cancellationToken);
        return changed is null ? null : (changed, false);
    }

    // foreach (…) { Process.Start(…); }: nobody has the children, so the loop may.
    private static ExpressionStatementSyntax? OnlyStart(ForEachStatementSyntax loop, InvocationExpressionSyntax start) => TaskWork.OnlyStatement(loop) switch
    {
        ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" }, Right: var right } } only when right == start => only,
        ExpressionStatementSyntax only when only.Expression == start => only,
        _ => null,
    };

    private static (SyntaxNode Root, bool Waits)? AwaitedLoop(ForEachStatementSyntax loop, ExpressionStatementSyntax only, InvocationExpressionSyntax start, SemanticModel model)
    {
        if (!ParallelLoops.IsAwaitable(loop, model)
            || ParallelLoops.ElementType(loop, model) is null
            || model.GetOperation(start) is not IInvocationOperation { TargetMethod.IsStatic: true }
            || model.Compilation.GetTypeByMetadataName("System.Diagnostics.Process")?.GetMembers("WaitForExitAsync").IsEmpty != false)
        {
            return null;
        }

        var process = Scopes.Free("process", only, model, []);
        var stop = Scopes.Free("cancellation", only, model, []);
        string[] body =
        [
            $"async ({loop.Identifier.Text}, {stop}) =>",
            "{",
            $"    using var {process} = {start.WithoutTrivia()};",
            $"    if ({process} is null)",
            "    {",
            "        return;",
            "    }",
            "",
            "    try",
            "    {",
            $"        await {process}.WaitForExitAsync({stop});",
            "    }",
            "    catch (global::System.OperationCanceledException)",
            "    {",
            $"        {process}.Kill(entireProcessTree: true);",
            "        throw;",
            "    }",
            "}",
        ];
        var indentation = string.Concat(loop.GetLeadingTrivia().Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)));
        var parallel = SyntaxFactory.ParseStatement(ParallelLoops.ForEachAsync(
            loop.Expression, string.Join("\n", body.Select((line, place) => place == 0 || line.Length == 0 ? line : indentation + line)), Cores));
        return (loop.SyntaxTree.GetRoot().ReplaceNode(loop, parallel
            .WithLeadingTrivia(loop.GetLeadingTrivia().AddRange(TaskList.Comments(loop, loop.Span, start).SelectMany(trivia =>
                trivia.IsKind(SyntaxKind.EndOfLineTrivia) ? [trivia, SyntaxFactory.Whitespace(indentation)] : new[] { trivia })))
            .WithTrailingTrivia(loop.GetTrailingTrivia())
            .WithAdditionalAnnotations(Simplifier.Annotation)), true);
    }

    // The task that the only statement of the loop starts: forgotten, or put into a list.
    private static InvocationExpressionSyntax? TaskIn(ForEachStatementSyntax loop)
    {
        var value = TaskWork.OnlyStatement(loop) is ExpressionStatementSyntax only ? only.Expression : null;
        value = value is AssignmentExpressionSyntax { Right: var right } ? right : value;
        return value is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add" }, ArgumentList.Arguments: { Count: 1 } added }
            ? added[0].Expression as InvocationExpressionSyntax
            : value as InvocationExpressionSyntax;
    }

    private static InvocationExpressionSyntax? JoinAfter(ForEachStatementSyntax loop) =>
        loop.Parent is BlockSyntax { Statements: var statements } && statements.IndexOf(loop) + 1 is var next && next < statements.Count
            ? statements[next].DescendantNodes().OfType<InvocationExpressionSyntax>().FirstOrDefault(call => call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WhenAll" })
            : null;

    // Whether a limit helps depends on who waits for the child, and the rule knows that.
    private static int Count(SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        var semantics = model;
        if (root.SyntaxTree != model.SyntaxTree)
        {
            var tree = SyntaxFactory.ParseSyntaxTree(root.ToFullString(), model.SyntaxTree.Options, model.SyntaxTree.FilePath, cancellationToken: cancellationToken);
            semantics = model.Compilation.ReplaceSyntaxTree(model.SyntaxTree, tree).GetSemanticModel(tree);
        }

        return semantics.SyntaxTree.GetRoot(cancellationToken).DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Count(call => call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Start" } && RootOf(call, semantics, cancellationToken) is not null);
    }

    private static Root? RootOf(InvocationExpressionSyntax start, SemanticModel model, CancellationToken cancellationToken) =>
        ProcessTypes.Of(model.Compilation) is { } types && model.GetOperation(start, cancellationToken) is IInvocationOperation call && StartedChild.IsOne(call, types) && Callers.MemberOf(call) is { } member
            ? PerItemStarts.RootOf(call, types, CompilationFacts.Of(model.Compilation, new AnalyzerOptions([])), member)
            : null;
}
