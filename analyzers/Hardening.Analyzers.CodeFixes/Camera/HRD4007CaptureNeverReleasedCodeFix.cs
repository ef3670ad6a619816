using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Camera;

/// <summary>Releases the capture at the end of its block, or opens it with limits. Never where another thread could be reading: a capture that is released under a Read ends the process.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD4007CaptureNeverReleasedCodeFix : OneByOneCodeFix
{
    private const string Release = "Release the VideoCapture with 'using'";
    private const string Limit = "Open by FFmpeg, with limits of 5 s to open and 5 s to read";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD4007CaptureNeverReleasedAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (Captures.Of(model.Compilation) is not { } captures || model.GetOperation(reported, cancellationToken) is not { } operation)
        {
            yield break;
        }

        var root = reported.SyntaxTree.GetRoot(cancellationToken);
        if (captures.IsCreation(operation) && HRD4007CaptureNeverReleasedAnalyzer.NeverReleased(operation, captures) is not null)
        {
            var holding = captures.Ownership.Follow(operation);
            if (holding.IsLost && EndsInItsBlock(operation, holding, captures, model.Compilation) && Use(reported, holding, root, model) is { } used)
            {
                yield return new Edit(Release, Release, used);
            }
        }
        else if (WithLimits(operation, model) is { } opened)
        {
            var edited = root.ReplaceNode(reported, opened.WithTriviaFrom(reported).WithAdditionalAnnotations(Formatter.Annotation));
            if (Awaits.StillCompiles(model, edited, cancellationToken))
            {
                yield return new Edit(Limit, Limit, edited);
            }
        }
    }

    // Neither a lambda nor a method that it is passed to may use it on another thread.
    private static bool EndsInItsBlock(IOperation created, Holding holding, Captures captures, Compilation compilation)
    {
        var images = NativeImages.Of(compilation);
        return Scopes.EndsInItsBlock(created, holding, type => captures.IsCapture(type) || images?.IsImage(type) == true)
            && holding.AllUses.All(use => use.Use.Function() is not IAnonymousFunctionOperation || use.Use.Function() == created.Function());
    }

    private static SyntaxNode? Use(SyntaxNode created, Holding holding, SyntaxNode root, SemanticModel model) =>
        holding.Fate == Fate.Kept ? Scopes.DeclareUsing(created, holding, root)
        : holding.Uses.Count > 0 ? Scopes.DeclareBefore(root, model, _ => "capture", (ExpressionSyntax)created)
        : null;

    private static ExpressionSyntax? WithLimits(IOperation opening, SemanticModel model)
    {
        var written = opening.Syntax switch
        {
            BaseObjectCreationExpressionSyntax creation => creation.ArgumentList,
            InvocationExpressionSyntax call => call.ArgumentList,
            _ => null,
        };
        if (written is not { Arguments: { Count: 1 or 2 } arguments } || arguments.Any(argument => argument.NameColon is not null || !argument.RefKindKeyword.IsKind(SyntaxKind.None)) || Limits(model.Compilation, opening) is not { } limits)
        {
            return null;
        }

        var list = written.WithArguments(SyntaxFactory.SeparatedList<ArgumentSyntax>(new[] { arguments[0].WithoutTrivia() }.Concat(limits).SelectMany(
            (argument, index) => index == 0
                ? new SyntaxNodeOrToken[] { argument }
                : [SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space), argument])));
        return opening.Syntax switch
        {
            BaseObjectCreationExpressionSyntax creation => creation.WithArgumentList(list),
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "FromFile" } } =>
                ((ObjectCreationExpressionSyntax)Text("new global::OpenCvSharp.VideoCapture()")).WithArgumentList(list),
            InvocationExpressionSyntax call => call.WithArgumentList(list),
            _ => null,
        };
    }

    // Where the library has no such parameters, the result would not compile, and nothing is offered.
    private static IEnumerable<ArgumentSyntax>? Limits(Compilation compilation, IOperation opening)
    {
        var type = opening switch
        {
            IObjectCreationOperation { Type: { } created } => created,
            IInvocationOperation call => call.TargetMethod.ContainingType,
            _ => null,
        };
        var texts = type?.ToDisplayString() switch
        {
            "OpenCvSharp.VideoCapture" when HasNames("OpenCvSharp.VideoCaptureProperties") =>
            [
                "global::OpenCvSharp.VideoCaptureAPIs.FFMPEG",
                "new[] { (int)global::OpenCvSharp.VideoCaptureProperties.OpenTimeoutMsec, 5000, (int)global::OpenCvSharp.VideoCaptureProperties.ReadTimeoutMsec, 5000 }",
            ],
            // OpenCvSharp 4 has no names for these.
            "OpenCvSharp.VideoCapture" => ["global::OpenCvSharp.VideoCaptureAPIs.FFMPEG", "new[] { 53 /* open timeout, ms */, 5000, 54 /* read timeout, ms */, 5000 }"],
            "Emgu.CV.VideoCapture" when HasNames("Emgu.CV.CvEnum.CapProp") =>
            [
                "global::Emgu.CV.VideoCapture.API.Ffmpeg",
                "global::System.Tuple.Create(global::Emgu.CV.CvEnum.CapProp.OpenTimeoutMsec, 5000)",
                "global::System.Tuple.Create(global::Emgu.CV.CvEnum.CapProp.ReadTimeoutMsec, 5000)",
            ],
            _ => (string[]?)null,
        };
        return texts?.Select(text => SyntaxFactory.Argument(Text(text)));

        bool HasNames(string properties) => compilation.GetTypeByMetadataName(properties)?.GetMembers("OpenTimeoutMsec").IsEmpty == false;
    }

    private static ExpressionSyntax Text(string text) => FullNames.Shorten(SyntaxFactory.ParseExpression(text));
}
