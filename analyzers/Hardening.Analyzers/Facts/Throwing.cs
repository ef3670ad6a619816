using Microsoft.CodeAnalysis.FlowAnalysis;

namespace Hardening.Analyzers.Facts;

/// <summary>Which operations may throw in code that is right otherwise: calls of unknown code. Arithmetic, fields, arrays and getters do so only by a bug.</summary>
internal static class Throwing
{
    /// <summary>How a message names what may throw; null where nothing does.</summary>
    public static string? NameOf(IOperation operation) => operation switch
    {
        { IsImplicit: true } => null,
        IInvocationOperation call => IsHarmless(call.TargetMethod) ? null : call.TargetMethod is { MethodKind: MethodKind.DelegateInvoke }
            ? Names.Of(call.Instance is null or IFlowCaptureReferenceOperation ? call.Syntax : call.Instance.Syntax)
            : call.TargetMethod.Name,
        IObjectCreationOperation { Arguments.IsEmpty: false, Type: { IsValueType: false, IsRecord: false } type } =>
            DerivesFromException(type) ? null : $"new {type.Name}",
        IPropertyReferenceOperation { Arguments.IsEmpty: false } indexer => Names.Of(indexer.Syntax),
        IAwaitOperation or IDynamicInvocationOperation => Names.Of(operation.Syntax),
        _ => null,
    };

    private static bool IsHarmless(IMethodSymbol method)
    {
        var type = method.ContainingType;
        return type.ContainingNamespace?.ToDisplayString() switch
        {
            "System.Threading" => type.Name is "Interlocked" or "Volatile" or "Thread" or "Monitor" or "SpinWait"
                || method.Name is "Set" or "Reset" or "Exit" or "ReleaseMutex" or "Release" or "ExitReadLock" or "ExitWriteLock" or "ExitUpgradeableReadLock",
            "System.Diagnostics" => type.Name is "Debug" or "Trace" or "Stopwatch",
            "System" => type.Name is "GC" or "Math" or "MathF" or "Object" or "Console" or "DateTime" or "DateTimeOffset" or "TimeSpan" or "Environment" or "Nullable"
                || IsQuestion(method),
            "System.Collections" or "System.Collections.Generic" or "System.Collections.Concurrent" => IsQuestion(method),
            _ => IsLog(type),
        };
    }

    private static bool IsQuestion(IMethodSymbol method) =>
        method.Name is "Clear" or "IsNullOrEmpty" or "IsNullOrWhiteSpace" or "ToString" or "Equals" or "GetHashCode"
        || method.Name.StartsWith("Try", StringComparison.Ordinal)
        || method.Name.StartsWith("Contains", StringComparison.Ordinal);

    // As elsewhere: a logger does not throw, by contract.
    private static bool IsLog(INamedTypeSymbol type) =>
        type.Name.EndsWith("Logger", StringComparison.Ordinal) || type.Name.EndsWith("LoggerExtensions", StringComparison.Ordinal) || type.Name is "Log" or "ILog";

    private static bool DerivesFromException(ITypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current is { Name: nameof(Exception), ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } })
            {
                return true;
            }
        }

        return false;
    }
}
