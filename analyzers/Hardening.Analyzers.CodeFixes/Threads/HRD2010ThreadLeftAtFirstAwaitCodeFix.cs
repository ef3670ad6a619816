using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Threads;

/// <summary>Gives the async delegate to the pool, whose task ends with the work.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD2010ThreadLeftAtFirstAwaitCodeFix : OneByOneCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD2010ThreadLeftAtFirstAwaitAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        var made = reported.AncestorsAndSelf().OfType<ExpressionSyntax>().FirstOrDefault(node => node is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax);
        var edit = made is null ? null : model.GetOperation(made, cancellationToken) switch
        {
            IInvocationOperation start => OfTask((InvocationExpressionSyntax)made, start),
            IObjectCreationOperation { Type.Name: "Thread" } thread => OfThread(made, thread),
            _ => null,
        };
        if (edit is not var (replaced, by, title))
        {
            yield break;
        }

        var root = model.SyntaxTree.GetRoot(cancellationToken);
        root = root.ReplaceNode(replaced, by.WithTriviaFrom(replaced));
        if (Awaits.StillCompiles(model, root, cancellationToken))
        {
            yield return new Edit(title, HRD2010ThreadLeftAtFirstAwaitAnalyzer.Id, root);
        }
    }

    // StartNew(async …, LongRunning) and its Unwrap. Its task was that of the beginning; now it is that of the whole.
    private static (SyntaxNode Replaced, ExpressionSyntax By, string Title)? OfTask(InvocationExpressionSyntax call, IInvocationOperation start)
    {
        if (start.Arguments.Any(argument => !IsPlain(argument)) || Function(start.Arguments) is not { } function)
        {
            return null;
        }

        var token = start.Arguments.FirstOrDefault(argument => argument.Parameter?.Type.Name == nameof(CancellationToken))?.Syntax as ArgumentSyntax;
        var hasToken = token is not null && !token.Expression.ToString().EndsWith(".None", StringComparison.Ordinal);
        var run = RunOf(Arguments(function, hasToken ? token : null));
        return call.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Unwrap", Parent: InvocationExpressionSyntax unwrapped }
            ? (unwrapped, run, "Use Task.Run")
            : (call, run, "Use Task.Run, whose task ends with the work");
    }

    private static SeparatedSyntaxList<ArgumentSyntax> Arguments(ArgumentSyntax function, ArgumentSyntax? token) =>
        token is null
            ? SyntaxFactory.SingletonSeparatedList(function.WithNameColon(null))
            : SyntaxFactory.SeparatedList(
                [function.WithNameColon(null), token.WithNameColon(null).WithoutTrivia()],
                [SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space)]);

    // The delegate, a token, LongRunning and the default scheduler; whatever else is said has a meaning that Task.Run has not.
    private static bool IsPlain(IArgumentOperation argument) => argument.Parameter?.Type switch
    {
        { TypeKind: TypeKind.Delegate } => true,
        { Name: nameof(CancellationToken) } => true,
        { Name: "TaskCreationOptions" } => argument.Value.ConstantValue.Value is 2 or 10,
        { Name: "TaskScheduler" } => argument.Value.Unwrap() is IPropertyReferenceOperation { Property.Name: "Default" },
        _ => false,
    };

    // new Thread(async () => …).Start(); nobody keeps the thread, so its name and kind do not matter.
    private static (SyntaxNode Replaced, ExpressionSyntax By, string Title)? OfThread(ExpressionSyntax made, IObjectCreationOperation thread) =>
        made.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Start", Parent: InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Parent: ExpressionStatementSyntax } started }
        && thread.Arguments.Length == 1
        && thread.Initializer?.Initializers.Any(set => set is not ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "IsBackground" or "Name" } }) != true
        && Function(thread.Arguments) is { Expression: ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters.Count: 0 } } function
            ? (started, Discard(RunOf(Arguments(function, token: null))), "Use Task.Run, whose task keeps an exception instead of ending the process")
            : null;

    private static InvocationExpressionSyntax RunOf(SeparatedSyntaxList<ArgumentSyntax> arguments) => SyntaxFactory.InvocationExpression(
        SyntaxFactory.ParseExpression("global::System.Threading.Tasks.Task.Run").WithAdditionalAnnotations(Simplifier.Annotation), SyntaxFactory.ArgumentList(arguments));

    private static AssignmentExpressionSyntax Discard(ExpressionSyntax value) => ((AssignmentExpressionSyntax)SyntaxFactory.ParseExpression("_ = 0")).WithRight(value);

    private static ArgumentSyntax? Function(ImmutableArray<IArgumentOperation> arguments) =>
        arguments.FirstOrDefault(argument => argument.Parameter?.Type.TypeKind == TypeKind.Delegate)?.Syntax as ArgumentSyntax;
}
