using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>Writes one argument as an expression.</summary>
internal static class ArgumentText
{
    /// <summary>Null where it cannot be written in this version of C#.</summary>
    public static string? Of(List<CommandPiece> argument, SemanticModel model)
    {
        if (argument.TrueForAll(piece => piece.Kind == PieceKind.Text))
        {
            return SymbolDisplay.FormatLiteral(string.Concat(argument.Select(piece => piece.Text)), quote: true);
        }

        if (argument.Count == 1 && argument[0].Value is { Type.SpecialType: SpecialType.System_String } value && !HasFormat(argument[0]) && IsThere(value, model))
        {
            return value.Syntax.ToString();
        }

        var text = new System.Text.StringBuilder("$\"");
        foreach (var part in argument)
        {
            if (part.Kind == PieceKind.Text)
            {
                var literal = SymbolDisplay.FormatLiteral(part.Text, quote: true);
                text.Append(literal.Substring(1, literal.Length - 2).Replace("{", "{{").Replace("}", "}}"));
            }
            else if (Hole(part) is { } hole)
            {
                text.Append('{').Append(hole).Append('}');
            }
            else
            {
                return null;
            }
        }

        return text.Append('"').ToString();
    }

    // A quote or a line break inside of the hole of a plain string is C# 11.
    private static string? Hole(CommandPiece part)
    {
        var expression = (ExpressionSyntax)part.Value!.Syntax;
        var text = expression is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax or ThisExpressionSyntax or LiteralExpressionSyntax
            ? expression.ToString()
            : $"({expression})";
        if (part.Place!.Syntax is InterpolationSyntax { AlignmentClause: var alignment, FormatClause: var format })
        {
            text += $"{alignment}{format}";
        }

        return text.IndexOfAny(['"', '\n', '\\']) < 0 ? text : null;
    }

    private static bool HasFormat(CommandPiece piece) => piece.Place!.Syntax is InterpolationSyntax { AlignmentClause: not null } or InterpolationSyntax { FormatClause: not null };

    // A null is written as nothing; in a list it is refused.
    private static bool IsThere(IOperation value, SemanticModel model) =>
        model.GetTypeInfo(value.Syntax).Nullability.FlowState != NullableFlowState.MaybeNull;
}
