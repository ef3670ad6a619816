using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Locks;

/// <summary>What the body of a parallel loop adds up or collects under its lock.</summary>
/// <param name="Name">What a thread has so far.</param>
/// <param name="Start">What it begins with.</param>
/// <param name="Step">What it has after one more element.</param>
/// <param name="Merge">What is left to do under the lock.</param>
internal sealed record Accumulation(string Name, string Start, string Step, ExpressionSyntax Merge)
{
    public static Accumulation? Of(ExpressionSyntax expression, LambdaExpressionSyntax lambda, SemanticModel model, SyntaxNode call)
    {
        switch (expression)
        {
            case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression, Operand: var counter }:
                return OfSum(counter, "+ 1", isMinus: false);
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression, Operand: var counter }:
                return OfSum(counter, "+ 1", isMinus: false);
            case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression or (int)SyntaxKind.SubtractAssignmentExpression } sum when IsIndependent(sum.Right, sum.Left):
                var isMinus = sum.IsKind(SyntaxKind.SubtractAssignmentExpression);
                var value = sum.Right is BinaryExpressionSyntax or ConditionalExpressionSyntax ? $"({sum.Right.WithoutTrivia()})" : sum.Right.WithoutTrivia().ToString();
                return OfSum(sum.Left, $"{(isMinus ? '-' : '+')} {value}", isMinus);
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add", Expression: var list } add, ArgumentList.Arguments: { Count: 1 } items } when IsIndependent(items[0].Expression, list):
                return OfList(list, add, items[0].Expression);
            default:
                return null;
        }

        Accumulation? OfSum(ExpressionSyntax sum, string step, bool isMinus)
        {
            var zero = model.GetTypeInfo(sum).Type?.SpecialType switch
            {
                SpecialType.System_Int32 => "0",
                SpecialType.System_Int64 => "0L",
                SpecialType.System_UInt32 => "0U",
                SpecialType.System_UInt64 => "0UL",
                SpecialType.System_Single => "0F",
                SpecialType.System_Double => "0D",
                SpecialType.System_Decimal => "0M",
                _ => null,
            };
            if (zero is null || !IsPlace(sum) || isMinus && zero.EndsWith("U", StringComparison.Ordinal))
            {
                return null;
            }

            var name = Free("part");
            return new Accumulation(name, zero, $"{name} {step}", SyntaxFactory.ParseExpression($"{sum.WithoutTrivia()} += {name}"));
        }

        Accumulation? OfList(ExpressionSyntax list, MemberAccessExpressionSyntax add, ExpressionSyntax item)
        {
            if (!IsPlace(list) || model.GetTypeInfo(list).Type is not INamedTypeSymbol { MetadataName: "List`1" or "HashSet`1" } type || type.ContainingNamespace.ToDisplayString() != "System.Collections.Generic")
            {
                return null;
            }

            var name = Free("found");
            var element = type.TypeArguments[0].ToMinimalDisplayString(model, call.SpanStart);
            var own = model.LookupNamespacesAndTypes(call.SpanStart, name: "List").Any(symbol => symbol.ContainingNamespace?.ToDisplayString() == "System.Collections.Generic")
                ? "List" : "System.Collections.Generic.List";
            var all = type.Name == "List" ? "AddRange" : "UnionWith";
            return new Accumulation(
                name,
                $"new {own}<{element}>()",
                $"{{ {name}.Add({item.WithoutTrivia()}); return {name}; }}",
                SyntaxFactory.InvocationExpression(
                    add.WithName(SyntaxFactory.IdentifierName(all)),
                    SyntaxFactory.ParseArgumentList($"({name})")));
        }

        // The lambdas beside it may use the same name.
        string Free(string name)
        {
            var taken = model.LookupSymbols(call.SpanStart).Where(symbol => symbol is ILocalSymbol or IParameterSymbol).Select(symbol => symbol.Name)
                .Concat(call.DescendantTokens().Select(token => token.ValueText)).ToImmutableHashSet();
            var free = name;
            for (var number = 2; taken.Contains(free); number++)
            {
                free = name + number;
            }

            return free;
        }

        bool IsPlace(ExpressionSyntax place) => model.GetOperation(place) switch
        {
            ILocalReferenceOperation or IParameterReferenceOperation => !lambda.Span.Contains(model.GetSymbolInfo(place).Symbol!.DeclaringSyntaxReferences[0].Span),
            IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } => true,
            IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation, Property.IsIndexer: false } => true,
            _ => false,
        };

        // Needs nothing that the lock may guard, and does nothing but reckon.
        bool IsIndependent(ExpressionSyntax value, ExpressionSyntax place)
        {
            var target = model.GetSymbolInfo(place).Symbol;
            return model.GetOperation(value) is { } operation && operation.DescendantsAndSelf().All(part => part switch
            {
                ILocalReferenceOperation { Local: var local } => !Is(local),
                IParameterReferenceOperation { Parameter: { RefKind: RefKind.None, Name: not "_" } parameter } => !Is(parameter),
                IFieldReferenceOperation { Field: var field } => !Is(field) && (field.IsConst || field.IsReadOnly || field.ContainingType.IsValueType),
                IPropertyReferenceOperation { Property: var property, Instance: { } instance } => !Is(property) && (instance.Unwrap() is not (IInstanceReferenceOperation or IFieldReferenceOperation) || property.Name == "Length"),
                IInvocationOperation { TargetMethod.ContainingType: { Name: "Math" or "MathF", ContainingNamespace.Name: "System" } } => true,
                ILiteralOperation or IConversionOperation { OperatorMethod: null } or IParenthesizedOperation or IBinaryOperation { OperatorMethod: null }
                    or IUnaryOperation { OperatorMethod: null } or IConditionalOperation or IArrayElementReferenceOperation or IArgumentOperation or ITupleOperation
                    or IInstanceReferenceOperation => true,
                _ => false,
            });

            bool Is(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol, target);
        }
    }
}
