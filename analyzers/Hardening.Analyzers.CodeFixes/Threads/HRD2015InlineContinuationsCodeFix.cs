using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Threads;

/// <summary>Adds the flag: every constructor has an overload that takes it last.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD2015InlineContinuationsCodeFix : CodeFixProvider
{
    private const string Title = "Add RunContinuationsAsynchronously";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD2015InlineContinuationsAnalyzer.Id];

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span, getInnermostNodeForTie: true).FirstAncestorOrSelf<BaseObjectCreationExpressionSyntax>() is { ArgumentList: { } arguments } syntax
            && model?.GetOperation(syntax, context.CancellationToken) is IObjectCreationOperation creation)
        {
            var edited = root.ReplaceNode(arguments, WithFlag(arguments, creation));
            context.RegisterCodeFix(
                CodeAction.Create(Title, _ => Task.FromResult(context.Document.WithSyntaxRoot(edited)), Title), context.Diagnostics);
        }
    }

    private static ArgumentListSyntax WithFlag(ArgumentListSyntax arguments, IObjectCreationOperation creation)
    {
        var flag = SyntaxFactory.ParseExpression("global::System.Threading.Tasks.TaskCreationOptions.RunContinuationsAsynchronously").WithAdditionalAnnotations(Simplifier.Annotation);
        if (creation.Arguments.FirstOrDefault(argument => argument.Parameter?.Type.Name == "TaskCreationOptions") is not { Syntax: ArgumentSyntax options } given)
        {
            var isNamed = arguments.Arguments.Any(argument => argument.NameColon is not null);
            var added = SyntaxFactory.Argument(flag);
            return arguments.AddArguments(isNamed ? added.WithNameColon(SyntaxFactory.NameColon("creationOptions").WithTrailingTrivia(SyntaxFactory.Space)) : added)
                .WithAdditionalAnnotations(Formatter.Annotation);
        }

        var both = given.Value.ConstantValue is { HasValue: true, Value: 0 }
            ? flag.WithTriviaFrom(options.Expression)
            : SyntaxFactory.BinaryExpression(
                SyntaxKind.BitwiseOrExpression,
                options.Expression.WithoutTrailingTrivia().WithTrailingTrivia(SyntaxFactory.Space),
                SyntaxFactory.Token(SyntaxKind.BarToken).WithTrailingTrivia(SyntaxFactory.Space),
                flag.WithTrailingTrivia(options.Expression.GetTrailingTrivia()));
        return arguments.ReplaceNode(options.Expression, both);
    }
}
