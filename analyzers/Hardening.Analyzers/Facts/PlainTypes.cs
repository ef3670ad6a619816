namespace Hardening.Analyzers.Facts;

/// <summary>Types and methods of the framework that touch nothing but what they are given.</summary>
internal static class PlainTypes
{
    private static readonly ImmutableHashSet<string> Immutable = ImmutableHashSet.Create(
        StringComparer.Ordinal, "TimeSpan", "DateTimeOffset", "DateOnly", "TimeOnly", "Guid", "Type", "Uri", "Version", "CancellationToken", "Regex", "Encoding", "CultureInfo");

    private static readonly ImmutableHashSet<string> InMemory = ImmutableHashSet.Create(
        StringComparer.Ordinal, "StringBuilder", "Random", "Stopwatch", "Array", "Nullable", "ValueTuple", "Tuple", "Math", "Environment");

    private static readonly ImmutableHashSet<string> Calculations = ImmutableHashSet.Create(
        StringComparer.Ordinal, "Math", "MathF", "Convert", "BitConverter", "Enumerable", "Array", "Interlocked", "Volatile", "Stopwatch", "Debug",
        "ArgumentNullException", "ArgumentException", "ArgumentOutOfRangeException", "ObjectDisposedException", "GC");

    /// <summary>A value of its own, or an object that never changes.</summary>
    public static bool IsImmutable(ITypeSymbol? type) => type switch
    {
        null or IArrayTypeSymbol or IPointerTypeSymbol => false,
        { SpecialType: >= SpecialType.System_Boolean and <= SpecialType.System_String or SpecialType.System_DateTime } => true,
        { IsValueType: true } => true,
        { TypeKind: TypeKind.Delegate } => true,
        _ => IsOfSystem(type) && (Immutable.Contains(type.Name) || type.Name.StartsWith("Immutable", StringComparison.Ordinal) && Space(type) == "System.Collections.Immutable"),
    };

    /// <summary>A collection or the like: memory and nothing else.</summary>
    public static bool IsInMemory(ITypeSymbol? type) => type is IArrayTypeSymbol
        || type is not null && IsOfSystem(type) && (IsImmutable(type) || InMemory.Contains(type.Name) || Space(type).StartsWith("System.Collections", StringComparison.Ordinal));

    /// <summary>A static method that only reckons with its arguments.</summary>
    public static bool IsCalculation(IMethodSymbol method) =>
        IsOfSystem(method.ContainingType) && (IsImmutable(method.ContainingType) || Calculations.Contains(method.ContainingType.Name)
            || Space(method.ContainingType).StartsWith("System.Collections", StringComparison.Ordinal));

    public static bool IsException(ITypeSymbol? type) => type is not null && IsOfSystem(type) && type.Name.EndsWith("Exception", StringComparison.Ordinal);

    private static bool IsOfSystem(ITypeSymbol type) =>
        type.DeclaringSyntaxReferences.IsEmpty && (Space(type) is var space && (space == "System" || space.StartsWith("System.", StringComparison.Ordinal)));

    private static string Space(ITypeSymbol type) => type.ContainingNamespace?.ToDisplayString() ?? "";
}
