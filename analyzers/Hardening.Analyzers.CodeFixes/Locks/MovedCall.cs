using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Locks;

/// <summary>A statement that does nothing but call a delegate: <c>Changed?.Invoke(this, e);</c>, <c>callback(x);</c>.</summary>
internal sealed record CalledDelegate(ExpressionSyntax Delegate, InvocationExpressionSyntax Invocation, IInvocationOperation Call, bool IsSafe)
{
    public static CalledDelegate? Of(ExpressionStatementSyntax statement, SemanticModel model)
    {
        var (called, invocation, isSafe) = statement.Expression switch
        {
            ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax { Name.Identifier.ValueText: "Invoke" } } call } access =>
                (access.Expression, call, true),
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Invoke", Expression: var target } } call => (target, call, false),
            InvocationExpressionSyntax call => (call.Expression, call, false),
            _ => (null, null, false),
        };
        return called is not null && invocation is not null
            && model.GetOperation(invocation) is IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke } operation
            && IsName(called)
                ? new CalledDelegate(called, invocation, operation, isSafe)
                : null;
    }

    // Reading it twice, or a little earlier, changes nothing.
    private static bool IsName(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax or ThisExpressionSyntax => true,
        MemberAccessExpressionSyntax { Expression: var target } => IsName(target),
        _ => false,
    };
}

/// <summary>A call that moves behind the lock, and what has to be copied for it under the lock.</summary>
internal sealed class MovedCall
{
    private readonly CalledDelegate _called;
    private readonly bool _isConditional;

    private MovedCall(ExpressionStatementSyntax call, CalledDelegate called, bool isConditional) => (Call, _called, _isConditional) = (call, called, isConditional);

    public ExpressionStatementSyntax Call { get; }

    /// <summary>What is copied, and into which new local.</summary>
    public List<(ExpressionSyntax Value, string Name, string Type)> Copies { get; } = [];

    /// <summary>Null when the call would not mean the same after the lock.</summary>
    public static MovedCall? Of(ExpressionStatementSyntax call, bool isConditional, LockStatementSyntax locking, SemanticModel model, List<string> names)
    {
        if (CalledDelegate.Of(call, model) is not { } called || isConditional && !called.IsSafe)
        {
            return null;
        }

        var moved = new MovedCall(call, called, isConditional);
        if (isConditional || !IsFree(called.Delegate))
        {
            var type = model.GetTypeInfo(called.Delegate).Type;
            var isNullable = called.IsSafe && model.GetNullableContext(call.SpanStart).AnnotationsEnabled();
            moved.Copy(called.Delegate, type?.WithNullableAnnotation(isNullable ? NullableAnnotation.Annotated : NullableAnnotation.None), NameOf(called.Delegate, "handler"));
        }

        foreach (var argument in called.Call.Arguments.Where(argument => argument.ArgumentKind == ArgumentKind.Explicit))
        {
            var value = ((ArgumentSyntax)argument.Syntax).Expression;
            if (argument.Parameter is not { RefKind: RefKind.None, Type: { IsRefLikeType: false } type } parameter)
            {
                return null;
            }

            if (IsFree(value))
            {
                continue;
            }

            // A local that is not reached needs a value of its own.
            if (!IsPlain(value) || isConditional && !type.IsValueType || type is { IsAnonymousType: true } or ITypeParameterSymbol)
            {
                return null;
            }

            moved.Copy(value, model.GetTypeInfo(value).Type is { IsAnonymousType: false } own and not IErrorTypeSymbol ? own : type, NameOf(value, parameter.Name));
        }

        return moved.Copies.All(copy => copy.Type.Length > 0) ? moved : null;

        // Means the same after the lock.
        bool IsFree(ExpressionSyntax value) => value switch
        {
            LiteralExpressionSyntax or ThisExpressionSyntax or TypeOfExpressionSyntax or DefaultExpressionSyntax => true,
            _ when model.GetConstantValue(value).HasValue => true,
            CastExpressionSyntax { Expression: var inner } => IsFree(inner),
            ParenthesizedExpressionSyntax { Expression: var inner } => IsFree(inner),
            BaseObjectCreationExpressionSyntax { Initializer: null, ArgumentList: var list } => list is null || list.Arguments.All(argument => IsFree(argument.Expression)),
            _ => model.GetSymbolInfo(value).Symbol switch
            {
                IParameterSymbol { RefKind: RefKind.None } parameter => !IsCaptured(parameter),
                ILocalSymbol local => local.DeclaringSyntaxReferences.All(reference => !locking.Span.Contains(reference.Span)) && !IsCaptured(local),
                IFieldSymbol { IsStatic: true, IsReadOnly: true, Name: "Empty" } => true,
                _ => false,
            },
        };

        // A lambda may change it on another thread.
        bool IsCaptured(ISymbol variable) => model.AnalyzeDataFlow(locking) is not { Succeeded: true } flow || flow.Captured.Contains(variable, SymbolEqualityComparer.Default);

        // Reads, and makes objects of what it read.
        bool IsPlain(ExpressionSyntax value) => !value.DescendantNodesAndSelf().Any(node => node is AnonymousFunctionExpressionSyntax or AssignmentExpressionSyntax
            or AwaitExpressionSyntax or PostfixUnaryExpressionSyntax or ThrowExpressionSyntax or DeclarationExpressionSyntax or QueryExpressionSyntax
            or StackAllocArrayCreationExpressionSyntax
            || node is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression }
            || node is InvocationExpressionSyntax { Expression: var method } && !(method is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ToArray" or "ToList" or "ToString" }));

        string NameOf(ExpressionSyntax value, string otherwise)
        {
            var name = value switch
            {
                IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
                MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } => member,
                _ => otherwise,
            };
            name = name.TrimStart('_');
            name = name.Length == 0 || name is "obj" or "arg" ? "value" : char.ToLowerInvariant(name[0]) + name.Substring(1);
            name = Scopes.Free(SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : otherwise, locking, model, names);
            names.Add(name);
            return name;
        }
    }

    public IEnumerable<StatementSyntax> Declarations(SyntaxTrivia lineEnd) => Copies.Select(copy =>
        SyntaxFactory.ParseStatement($"{copy.Type} {copy.Name}{(_isConditional ? copy.Value == _called.Delegate ? " = null" : " = default" : "")};")
            .WithTrailingTrivia(lineEnd).WithAdditionalAnnotations(Formatter.Annotation));

    public IReadOnlyList<StatementSyntax> CopyStatements()
    {
        var indentation = Call.GetLeadingTrivia().Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).ToList();
        var lineEnd = Call.GetTrailingTrivia().Where(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia));
        var blankLines = Call.GetLeadingTrivia().TakeWhile(IsBlank).Where(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)).ToList();
        return Copies.ConvertAll(copy => SyntaxFactory.ParseStatement($"{copy.Name} = {copy.Value.WithoutTrivia()};")
            .WithLeadingTrivia(copy == Copies[0] ? [.. blankLines, .. indentation] : indentation).WithTrailingTrivia(lineEnd).WithAdditionalAnnotations(Formatter.Annotation));
    }

    public StatementSyntax CallAfter()
    {
        var call = Call.ReplaceNodes(
            Copies.Select(copy => copy.Value),
            (original, _) => SyntaxFactory.IdentifierName(Copies.First(copy => copy.Value == original).Name).WithTriviaFrom(original));
        var leading = call.GetLeadingTrivia();
        var blankLines = leading.TakeWhile(IsBlank).Select((trivia, index) => (trivia, index)).LastOrDefault(each => each.trivia.IsKind(SyntaxKind.EndOfLineTrivia));
        return call.WithLeadingTrivia(blankLines.trivia.RawKind == 0 ? leading : leading.Skip(blankLines.index + 1)).WithAdditionalAnnotations(Formatter.Annotation);
    }

    private static bool IsBlank(SyntaxTrivia trivia) => trivia.IsKind(SyntaxKind.EndOfLineTrivia) || trivia.IsKind(SyntaxKind.WhitespaceTrivia);

    private void Copy(ExpressionSyntax value, ITypeSymbol? type, string name) =>
        Copies.Add((value, name, type is null or IErrorTypeSymbol ? "" : type.ToMinimalDisplayString(_called.Call.SemanticModel!, value.SpanStart, NullableFormat)));

    private static readonly SymbolDisplayFormat NullableFormat = SymbolDisplayFormat.MinimallyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);
}
