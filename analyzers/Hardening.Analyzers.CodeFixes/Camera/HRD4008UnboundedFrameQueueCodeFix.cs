using Hardening.Analyzers.Facts;
using Hardening.Analyzers.Threads;

namespace Hardening.Analyzers.Camera;

/// <summary>Gives a queue of frames a small capacity. The newest frame counts, so the oldest goes, and is disposed when it goes; where a queue can only wait, the title says so.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD4008UnboundedFrameQueueCodeFix : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD4008UnboundedFrameQueueAnalyzer.Id];

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var diagnostic = context.Diagnostics[0];
        if (await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is not { } model
            || !diagnostic.Properties.TryGetValue(HRD4008UnboundedFrameQueueAnalyzer.Capacity, out var capacity)
            || FrameElements.Of(NativeImages.Of(model.Compilation)) is not { } frames)
        {
            return;
        }

        var root = await model.SyntaxTree.GetRootAsync(context.CancellationToken).ConfigureAwait(false);
        var reported = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        if (reported is VariableDeclaratorSyntax variable)
        {
            if (DropOf(TypeOf(model.GetDeclaredSymbol(variable, context.CancellationToken)), frames, model) is { } drop
                && ChannelInPlace.Of(variable, model, context.CancellationToken)?.Replace(root, capacity!, drop) is { } replaced)
            {
                Register($"Put a channel in its place that holds at most {capacity}, and drop and dispose the oldest frame while it is full", "Channel", replaced);
            }

            return;
        }

        var canWait = !new Writers(reported, model, context.CancellationToken).CannotWait;
        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } call && call.Expression.Span.Contains(diagnostic.Location.SourceSpan))
        {
            if (DropOf(model.GetTypeInfo(call, context.CancellationToken).Type, frames, model) is { } drop && BoundedQueues.Of(call, capacity!, "DropOldest", model, drop) is { } dropping)
            {
                Register($"Hold at most {capacity}, and drop and dispose the oldest frame while it is full", "DropOldest", With(call, dropping));
            }

            if (canWait && BoundedQueues.Of(call, capacity!, "Wait", model) is { } waiting)
            {
                Register($"Hold at most {capacity}: writers wait while it is full", "Wait", With(call, waiting));
            }
        }
        else if (canWait && reported is BaseObjectCreationExpressionSyntax creation && BoundedQueues.Of(creation, capacity!, model) is { } bounded)
        {
            Register($"Hold at most {capacity}: writers wait while it is full", "Wait", With(creation, bounded));
        }

        SyntaxNode With(SyntaxNode old, SyntaxNode replacement) => root.ReplaceNode(old, BoundedQueues.Short(replacement).WithTriviaFrom(old));

        void Register(string title, string mode, SyntaxNode changed) => context.RegisterCodeFix(
            CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(changed)), $"{HRD4008UnboundedFrameQueueAnalyzer.Id}.{mode}"), diagnostic);
    }

    // What is done with a frame that is lost; null where its images cannot be reached, or where channels do not tell what they lose.
    private static string? DropOf(ITypeSymbol? queue, FrameElements frames, SemanticModel model)
    {
        if (queue is not INamedTypeSymbol { TypeArguments: { Length: 1 } elements }
            || elements[0] is not INamedTypeSymbol element
            || model.Compilation.GetTypeByMetadataName("System.Threading.Channels.Channel") is not { } channel
            || !channel.GetMembers("CreateBounded").OfType<IMethodSymbol>().Any(method => method.Parameters.Length == 2))
        {
            return null;
        }

        var modifier = model.SyntaxTree.Options is CSharpParseOptions { LanguageVersion: >= LanguageVersion.CSharp9 } ? "static " : "";
        if (frames.Images.IsImage(element) || element.AllInterfaces.Any(type => type.SpecialType == SpecialType.System_IDisposable))
        {
            return $"{modifier}dropped => dropped{Access(element)}Dispose()";
        }

        var images = frames.MembersWithImages(element).Select(member => $"dropped{Access(element)}{member.Name}{Access(TypeOf(member))}Dispose()").ToList();
        return images.Count switch
        {
            0 => null,
            1 => $"{modifier}dropped => {images[0]}",
            _ => $"{modifier}dropped => {{ {string.Join(" ", images.Select(image => image + ";"))} }}",
        };
    }

    private static string Access(ITypeSymbol? type) => type?.NullableAnnotation == NullableAnnotation.Annotated ? "?." : ".";

    private static ITypeSymbol? TypeOf(ISymbol? variable) => variable switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        ILocalSymbol local => local.Type,
        _ => null,
    };
}
