using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Processes;

/// <summary>Starts every read before the method first stands still; a pipe that nobody reads is emptied in the background, or not redirected.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD3006PipeNotDrainedCodeFix : OneByOneCodeFix
{
    private const string ReadFirst = "Read before the wait";
    private const string ReadMeanwhile = "Read asynchronously while the child runs";
    private const string ReadInBackground = "Read it in the background";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD3006PipeNotDrainedAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (ProcessTypes.Of(model.Compilation) is not { } types || model.GetOperation(reported, cancellationToken) is not { } at)
        {
            yield break;
        }

        var root = reported.SyntaxTree.GetRoot(cancellationToken);
        foreach (var started in Starts(at, model, types, cancellationToken))
        {
            if (ChildPipes.Of(started, types) is not { } pipes)
            {
                continue;
            }

            if (HRD3006PipeNotDrainedAnalyzer.FirstStandstill(pipes) is { } standstill && standstill.Syntax == reported)
            {
                var late = HRD3006PipeNotDrainedAnalyzer.Late(pipes, standstill).ToList();
                if (MoveWait(standstill, late, pipes, root) is { } moved)
                {
                    yield return new Edit(ReadFirst, ReadFirst, moved);
                }
                else if (ReadAsync(standstill, late, pipes, root, model) is { } meanwhile)
                {
                    yield return new Edit(ReadMeanwhile, ReadMeanwhile, meanwhile);
                }
            }
            else if (HRD3006PipeNotDrainedAnalyzer.Unread(pipes) is { Count: > 0 } unread && HRD3006PipeNotDrainedAnalyzer.RedirectOf(unread, started)?.Syntax == reported)
            {
                if (Drain(started, pipes, unread, root) is { } drained)
                {
                    yield return new Edit(ReadInBackground, ReadInBackground, drained);
                }

                // Another behaviour: what the child writes becomes visible. So it has no Fix All.
                if (unread.TrueForAll(pipe => !pipe.HasEncoding))
                {
                    yield return new Edit(
                        $"Do not redirect {string.Join(" and ", unread.Select(pipe => pipe.Name))}: the child then writes where this process does", key: null, Unredirect(unread, root));
                }
            }
        }
    }

    // In the same member, or where a field of the type gets its child.
    private static IEnumerable<IOperation> Starts(IOperation at, SemanticModel model, ProcessTypes types, CancellationToken cancellationToken)
    {
        var here = at.Root().Syntax;
        var elsewhere = at.Syntax.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.DescendantNodes(node => node != here)
            .Where(node => node is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax)
            .Select(node => model.GetOperation(node, cancellationToken)).OfType<IOperation>() ?? [];
        return at.Root().Descendants().Concat(elsewhere).Where(types.IsMade);
    }

    // p.WaitForExit(); text = p.StandardOutput.ReadToEnd();  →  the other way round: with one pipe nothing else is needed.
    private static SyntaxNode? MoveWait(IOperation standstill, List<ChildPipe> late, ChildPipes pipes, SyntaxNode root)
    {
        if (standstill is not IInvocationOperation { Arguments.IsEmpty: true, Syntax.Parent: ExpressionStatementSyntax { Parent: BlockSyntax block } wait }
            || pipes.Redirected.Count != 1
            || late[0].Reads.Count != 1
            || late[0].Reads[0].Begin is not IInvocationOperation { TargetMethod.Name: "ReadToEnd" } read
            || block.Statements.FirstOrDefault(statement => statement.Span.Contains(read.Syntax.Span)) is not { } after
            || after is not (ExpressionStatementSyntax or LocalDeclarationStatementSyntax))
        {
            return null;
        }

        var (from, to) = (block.Statements.IndexOf(wait), block.Statements.IndexOf(after));
        var between = block.Statements.Skip(from + 1).Take(to - from - 1);
        var uses = pipes.Uses.Where(use => use.Root().Syntax == standstill.Root().Syntax).ToList();
        if (uses.Exists(use => between.Any(statement => statement.Span.Contains(use.Syntax.Span)))
            || uses.Count(use => after.Span.Contains(use.Syntax.Span)) > 1)
        {
            return null;
        }

        return root.ReplaceNode(block, block.WithStatements(block.Statements.RemoveAt(from).Insert(to, wait)));
    }

    private static SyntaxNode? ReadAsync(IOperation standstill, List<ChildPipe> late, ChildPipes pipes, SyntaxNode root, SemanticModel model)
    {
        if (Anchor(standstill, pipes) is not { } anchor || !late.TrueForAll(pipe => pipe.Reads.Count == 1 && CanMove(pipe.Reads[0], standstill, anchor)))
        {
            return null;
        }

        var isAsync = Awaits.IsTopLevel(anchor) || Awaits.IsAsync(Awaits.FunctionAround(anchor));
        var names = new List<string>();
        var starts = new List<string>();
        var replaced = new Dictionary<SyntaxNode, ExpressionSyntax>();
        foreach (var pipe in late)
        {
            var read = (InvocationExpressionSyntax)pipe.Reads[0].Begin.Syntax;
            var name = Scopes.Free(pipe.Property == "StandardError" ? "errorTask" : "outputTask", anchor, model, names);
            names.Add(name);
            starts.Add($"var {name} = {((MemberAccessExpressionSyntax)read.Expression).Expression}.ReadToEndAsync{read.ArgumentList};");
            replaced[read] = pipe.Reads[0].Begin is IInvocationOperation { TargetMethod.Name: "ReadToEndAsync" } ? SyntaxFactory.IdentifierName(name)
                : !isAsync ? SyntaxFactory.ParseExpression($"{name}.GetAwaiter().GetResult()")
                : read.Parent is MemberAccessExpressionSyntax ? SyntaxFactory.ParseExpression($"(await {name})")
                : SyntaxFactory.ParseExpression($"await {name}");
        }

        var tracked = root.TrackNodes(replaced.Keys.Append(anchor));
        tracked = tracked.ReplaceNodes(replaced.Keys.Select(node => tracked.GetCurrentNode(node)!), (node, _) =>
            replaced.First(pair => tracked.GetCurrentNode(pair.Key) == node).Value.WithTriviaFrom(node));
        return Scopes.InsertBefore(tracked, tracked.GetCurrentNode(anchor)!, starts);
    }

    // The statement before which the reads must have begun; of a reading loop, the loop.
    private static StatementSyntax? Anchor(IOperation standstill, ChildPipes pipes)
    {
        var statement = standstill.Syntax.FirstAncestorOrSelf<StatementSyntax>();
        while (statement?.Ancestors().OfType<StatementSyntax>().FirstOrDefault(outer => outer is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax) is { } loop
            && pipes.Process.Local?.DeclaringSyntaxReferences.Any(declared => loop.Span.Contains(declared.Span)) == false)
        {
            statement = loop;
        }

        return statement is { Parent: BlockSyntax or GlobalStatementSyntax } and not LocalFunctionStatementSyntax ? statement : null;
    }

    private static bool CanMove(ChildRead read, IOperation standstill, StatementSyntax anchor) =>
        read.Begin is IInvocationOperation { TargetMethod.Name: "ReadToEnd" or "ReadToEndAsync", Syntax: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax } syntax } call
        && PipeReads.AreTogether(read.Begin, standstill)
        && read.Ends.Count > 0
        && call.Instance is IPropertyReferenceOperation { Instance: ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } or IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation } }
        && (anchor.Parent is GlobalStatementSyntax || anchor.Parent!.Span.Contains(syntax.Span))
        && call.Arguments.All(argument => argument.Value.Unwrap() is ILiteralOperation or IParameterReferenceOperation or IFieldReferenceOperation or IDefaultValueOperation
            || argument.Value.Unwrap() is IPropertyReferenceOperation { Instance: null or IParameterReferenceOperation or IFieldReferenceOperation }
            || argument.Value.Unwrap() is ILocalReferenceOperation { Local: var local } && local.DeclaringSyntaxReferences.All(declared => declared.Span.End <= anchor.SpanStart))
        && !syntax.Ancestors().TakeWhile(node => node != anchor.Parent).Any(node => node is LockStatementSyntax or QueryExpressionSyntax or CatchFilterClauseSyntax or UnsafeStatementSyntax);

    private static SyntaxNode? Drain(IOperation started, ChildPipes pipes, List<ChildPipe> unread, SyntaxNode root)
    {
        var start = started is IInvocationOperation
            ? started
            : pipes.Uses.Select(use => use.Parent).OfType<IInvocationOperation>().FirstOrDefault(call => call.TargetMethod.Name == "Start" && call.Syntax.SyntaxTree == started.Syntax.SyntaxTree);
        if ((pipes.Process.Local ?? pipes.Member) is not { } process
            || started is IInvocationOperation { TargetMethod.Name: not "Start" }
            || start?.Syntax.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax or GlobalStatementSyntax } statement
            || statement is not (ExpressionStatementSyntax or LocalDeclarationStatementSyntax))
        {
            return null;
        }

        var access = pipes.Uses.Exists(use => use is IConditionalAccessInstanceOperation) ? "?." : ".";
        return Scopes.InsertAfter(root, statement, unread.Select(pipe => $"{process.Name}{access}Begin{pipe.Property.Substring("Standard".Length)}ReadLine();"));
    }

    private static SyntaxNode Unredirect(List<ChildPipe> unread, SyntaxNode root) =>
        root.RemoveNodes(
            unread.SelectMany(pipe => pipe.Redirects).Select(redirect => redirect.Syntax.Parent is ExpressionStatementSyntax { Parent: BlockSyntax } statement ? statement : redirect.Syntax),
            SyntaxRemoveOptions.KeepUnbalancedDirectives)!;
}
