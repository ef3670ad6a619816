using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Threads;

/// <summary>The creation of a queue, written with a capacity.</summary>
internal static class BoundedQueues
{
    private const string Channels = "global::System.Threading.Channels.";

    // Names in full, so that they mean the same everywhere; the editor shortens them where they are imported.
    public static SyntaxNode Short(SyntaxNode replacement) =>
        replacement.ReplaceNodes(
            replacement.DescendantNodes(node => !IsFull(node)).Where(IsFull),
            (name, _) => name.WithAdditionalAnnotations(Simplifier.Annotation));

    private static bool IsFull(SyntaxNode name) =>
        name is QualifiedNameSyntax or MemberAccessExpressionSyntax && name.ToString().StartsWith("global::System.Threading.", StringComparison.Ordinal);

    /// <summary>The call that makes a bounded channel, with the options of the unbounded one; null where these come from elsewhere.</summary>
    /// <param name="call"><c>CreateUnbounded</c>.</param>
    /// <param name="capacity">How many it holds.</param>
    /// <param name="mode">What happens when it is full.</param>
    /// <param name="model">Of the call's document.</param>
    /// <param name="itemDropped">What is done with an item that is lost.</param>
    public static InvocationExpressionSyntax? Of(InvocationExpressionSyntax call, string capacity, string mode, SemanticModel model, string? itemDropped = null)
    {
        var name = call.Expression.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().FirstOrDefault(node => node.Identifier.ValueText == "CreateUnbounded");
        if (name is null || call.ArgumentList.Arguments.Count > 1)
        {
            return null;
        }

        var fullMode = $"FullMode = {Channels}BoundedChannelFullMode.{mode}";
        var created = SyntaxFactory.ParseExpression($"new {Channels}BoundedChannelOptions({capacity}) {{ {fullMode} }}");
        ArgumentSyntax argument;
        switch (call.ArgumentList.Arguments.FirstOrDefault())
        {
            case null:
                argument = SyntaxFactory.Argument(created);
                break;
            // SingleReader, SingleWriter and AllowSynchronousContinuations mean the same for a bounded channel.
            case { Expression: BaseObjectCreationExpressionSyntax { ArgumentList: null or { Arguments.Count: 0 } } options } given
                when model.GetTypeInfo(options).Type?.Name == "UnboundedChannelOptions":
                var beforeBrace = options.Initializer?.OpenBraceToken.GetPreviousToken().TrailingTrivia ?? SyntaxFactory.TriviaList(SyntaxFactory.Space);
                var bounded = (ObjectCreationExpressionSyntax)created;
                var kept = bounded
                    .WithArgumentList(bounded.ArgumentList!.WithTrailingTrivia(beforeBrace))
                    .WithInitializer(With(options.Initializer, fullMode));
                argument = given.WithExpression(kept.WithTriviaFrom(options));
                break;
            default:
                return null;
        }

        var arguments = SyntaxFactory.SingletonSeparatedList(argument);
        if (itemDropped is not null)
        {
            arguments = arguments.Add(SyntaxFactory.Argument(SyntaxFactory.ParseExpression(itemDropped)).WithLeadingTrivia(SyntaxFactory.Space));
        }

        return call
            .ReplaceNode(name, name.WithIdentifier(SyntaxFactory.Identifier("CreateBounded").WithTriviaFrom(name.Identifier)))
            .WithArgumentList(call.ArgumentList.WithArguments(arguments));
    }

    /// <summary>The creation with a capacity; null for types that cannot take one safely.</summary>
    public static BaseObjectCreationExpressionSyntax? Of(BaseObjectCreationExpressionSyntax creation, string capacity, SemanticModel model)
    {
        var arguments = creation.ArgumentList ?? SyntaxFactory.ArgumentList();
        switch (model.GetTypeInfo(creation).Type?.Name)
        {
            // What is in it already must fit.
            case "BlockingCollection" when creation.Initializer is null && arguments.Arguments.All(argument =>
                argument.Expression is BaseObjectCreationExpressionSyntax { Initializer: null, ArgumentList.Arguments.Count: 0 }):
                return With(SyntaxFactory.Argument(SyntaxFactory.NameColon("boundedCapacity"), default, SyntaxFactory.ParseExpression(capacity)));
            case "BufferBlock":
                return WithOptions("DataflowBlockOptions");
            case "ActionBlock" or "TransformBlock" or "TransformManyBlock":
                return WithOptions("ExecutionDataflowBlockOptions");
            // A BatchBlock must hold a whole batch, and a JoinBlock what its other side does not yet have.
            default:
                return null;
        }

        BaseObjectCreationExpressionSyntax With(ArgumentSyntax argument) =>
            WithArguments(creation, arguments.AddArguments(arguments.Arguments.Count == 0 ? argument : argument.WithLeadingTrivia(SyntaxFactory.Space)));

        BaseObjectCreationExpressionSyntax? WithOptions(string optionsType)
        {
            var setting = $"BoundedCapacity = {capacity}";
            var last = arguments.Arguments.LastOrDefault();
            if (last is null || model.GetTypeInfo(last.Expression).ConvertedType?.Name is not { } name || !name.EndsWith("BlockOptions", StringComparison.Ordinal))
            {
                return With(SyntaxFactory.Argument(SyntaxFactory.ParseExpression($"new global::System.Threading.Tasks.Dataflow.{optionsType} {{ {setting} }}")));
            }

            if (last.Expression is not BaseObjectCreationExpressionSyntax options)
            {
                return null;
            }

            var unlimited = options.Initializer?.Expressions.FirstOrDefault(expression =>
                expression is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "BoundedCapacity" } });
            var changed = unlimited is AssignmentExpressionSyntax { Right: var right }
                ? options.ReplaceNode(right, SyntaxFactory.ParseExpression(capacity).WithTriviaFrom(right))
                : WithInitializer(options, BoundedQueues.With(options.Initializer, setting));
            return creation.ReplaceNode(options, changed);
        }
    }

    // The settings that are there, with their comments and layout, and this one.
    private static InitializerExpressionSyntax With(InitializerExpressionSyntax? initializer, string setting)
    {
        var expression = SyntaxFactory.ParseExpression(setting);
        if (initializer is null || initializer.Expressions.Count == 0)
        {
            return ((ObjectCreationExpressionSyntax)SyntaxFactory.ParseExpression($"new T {{ {setting} }}")).Initializer!;
        }

        var nodes = initializer.Expressions.GetWithSeparators();
        var setter = initializer.Expressions[initializer.Expressions.Count - 1];
        var end = nodes[nodes.Count - 1];
        var comma = SyntaxFactory.Token(SyntaxKind.CommaToken);
        expression = expression.WithLeadingTrivia(setter.GetLeadingTrivia().Where(IsLayout));
        if (end.IsToken)
        {
            nodes = nodes.Add(expression).Add(comma.WithTrailingTrivia(end.GetTrailingTrivia().Where(IsLayout)));
        }
        else
        {
            // What follows the last setting on its line stays there.
            var after = end.GetTrailingTrivia();
            comma = comma.WithTrailingTrivia(after.Any(SyntaxKind.EndOfLineTrivia) ? after : SyntaxFactory.TriviaList(SyntaxFactory.Space));
            nodes = nodes.Replace(end, setter.WithoutTrailingTrivia()).Add(comma).Add(expression.WithTrailingTrivia(after.Where(IsLayout)));
        }

        return initializer.WithExpressions(SyntaxFactory.SeparatedList<ExpressionSyntax>(nodes));
    }

    private static bool IsLayout(SyntaxTrivia trivia) => trivia.IsKind(SyntaxKind.WhitespaceTrivia) || trivia.IsKind(SyntaxKind.EndOfLineTrivia);

    private static BaseObjectCreationExpressionSyntax WithArguments(BaseObjectCreationExpressionSyntax creation, ArgumentListSyntax arguments) => creation switch
    {
        ObjectCreationExpressionSyntax named => named.WithType(named.Type.WithoutTrailingTrivia()).WithArgumentList(arguments),
        ImplicitObjectCreationExpressionSyntax implied => implied.WithArgumentList(arguments),
        _ => creation,
    };

    private static BaseObjectCreationExpressionSyntax WithInitializer(BaseObjectCreationExpressionSyntax creation, InitializerExpressionSyntax initializer) => creation switch
    {
        ObjectCreationExpressionSyntax { ArgumentList: { } list, Initializer: null } named =>
            named.WithArgumentList(list.WithTrailingTrivia(SyntaxFactory.Space)).WithInitializer(initializer),
        ObjectCreationExpressionSyntax named => named.WithInitializer(initializer),
        ImplicitObjectCreationExpressionSyntax { Initializer: null } implied =>
            implied.WithArgumentList(implied.ArgumentList.WithTrailingTrivia(SyntaxFactory.Space)).WithInitializer(initializer),
        ImplicitObjectCreationExpressionSyntax implied => implied.WithInitializer(initializer),
        _ => creation,
    };
}
