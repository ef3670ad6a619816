using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>
/// Leaves the loop only the grab, and gives each frame to a task through a channel of one: the latest wins, and what it replaces is disposed.
/// Only in async code, which can await the task: so an exception of the work still ends the loop and comes out of it.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD4001GrabSharesLoopWithWorkCodeFix : OneByOneCodeFix
{
    private const string Title = "Hand the latest frame to a task that works on it (older ones are dropped)";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD4001GrabSharesLoopWithWorkAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported is not WhileStatementSyntax loop
            || Captures.Of(model.Compilation) is not { } captures
            || !HasChannels(model.Compilation)
            || !Awaits.IsAsync(Awaits.FunctionAround(loop)) && !Awaits.IsTopLevel(loop)
            || !Awaits.IsAllowedAt(loop, model)
            || PlainGrabLoop.Of(loop, captures, model, cancellationToken) is not { } plain)
        {
            yield break;
        }

        var root = reported.SyntaxTree.GetRoot(cancellationToken);
        var tracked = root.TrackNodes(loop, plain.Declaration);
        var edited = Scopes.Replace(tracked, tracked.GetCurrentNode(loop)!, Statements(plain, model));
        var declaration = edited.GetCurrentNode(plain.Declaration)!;
        var hasComment = declaration.DescendantTrivia().Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia));
        edited = edited.RemoveNode(declaration.Parent is GlobalStatementSyntax global ? global : declaration, hasComment ? SyntaxRemoveOptions.KeepExteriorTrivia : SyntaxRemoveOptions.KeepNoTrivia)!;
        if (Awaits.StillCompiles(model, edited, cancellationToken))
        {
            yield return new Edit(Title, Title, edited);
        }
    }

    private static IEnumerable<StatementSyntax> Statements(PlainGrabLoop plain, SemanticModel model)
    {
        var names = new List<string>();
        string Free(string wanted)
        {
            names.Add(Scopes.Free(wanted, plain.Loop, model, names));
            return names[names.Count - 1];
        }

        var (frames, work, grabbed, dropped) = (Free("frames"), Free("work"), Free("grabbed"), Free("dropped"));
        // The formatter leaves the braces of a lambda where they stand.
        var indentation = string.Concat(plain.Loop.GetLeadingTrivia().Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)));
        const string Channels = "global::System.Threading.Channels";
        var image = plain.ImageType;
        yield return Parse(
            $"var {frames} = {Channels}.Channel.CreateBounded<{image}>(new {Channels}.BoundedChannelOptions(1) {{ FullMode = {Channels}.BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true }}, static {dropped} => {dropped}.Dispose());");
        yield return Parse(
            $$"""
            var {{work}} = global::System.Threading.Tasks.Task.Run(async () =>
            {
                await foreach (var {{plain.Frame}} in {{frames}}.Reader.ReadAllAsync())
                {
                    using ({{plain.Frame}})
                    {
            {{plain.Work}}
                    }
                }
            });
            """.Replace("\n", "\n" + indentation));
        yield return Parse(
            $$"""
            try
            {
                while ({{(plain.Condition is null ? $"!{work}.IsCompleted" : $"!{work}.IsCompleted && {plain.Condition}")}})
                {
                    var {{grabbed}} = new {{image}}();
                    if (!{{plain.Capture}}.Read({{grabbed}}))
                    {
                        {{grabbed}}.Dispose();
            {{plain.WithoutFrame}}
                    }

                    {{frames}}.Writer.TryWrite({{grabbed}});
                }
            }
            finally
            {
                {{frames}}.Writer.Complete();
                await {{work}};
            }
            """);
    }

    private static StatementSyntax Parse(string text) => FullNames.Shorten(SyntaxFactory.ParseStatement(text));

    // With the one that tells what it drops.
    private static bool HasChannels(Compilation compilation) =>
        compilation.GetTypeByMetadataName("System.Threading.Channels.Channel")?.GetMembers("CreateBounded").Any(member => member is IMethodSymbol { Parameters.Length: 2 }) == true
        && compilation.GetTypeByMetadataName("System.Collections.Generic.IAsyncEnumerable`1") is not null;
}
