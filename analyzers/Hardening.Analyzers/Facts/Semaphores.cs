using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

internal static class Semaphores
{
    /// <summary>A semaphore that begins with nothing to take is a signal: who waits for it is not who releases it.</summary>
    public static bool BeginsEmpty(IOperation semaphore)
    {
        var value = semaphore switch
        {
            ILocalReferenceOperation { Local: var local } => Initializers.Of(local, semaphore),
            IFieldReferenceOperation { Field: var field } => Initializers.Of(field, semaphore),
            _ => null,
        };
        return value?.Unwrap() is IObjectCreationOperation { Arguments: var arguments }
            && arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value.ConstantValue is { HasValue: true, Value: 0 };
    }

    /// <summary>A semaphore that lets one in is a lock; one that counts is a limit.</summary>
    public static bool LetsOneIn(IOperation semaphore) =>
        semaphore is IFieldReferenceOperation { Field: var field }
        && field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: > 0 } counts } }
        && counts.All(count => count.Expression is LiteralExpressionSyntax { Token.Value: 1 });
}
