namespace Hardening.Analyzers.Facts;

/// <summary>Which values, written as text, hold no quote that anybody else chooses.</summary>
internal static class PlainText
{
    /// <summary>Null where it cannot be told: an object, a type parameter.</summary>
    public static bool? Is(ITypeSymbol? type) => type switch
    {
        null or IErrorTypeSymbol => null,
        { TypeKind: TypeKind.Enum } => true,
        { SpecialType: SpecialType.System_Boolean or SpecialType.System_Char or SpecialType.System_DateTime or SpecialType.System_IntPtr or SpecialType.System_UIntPtr } => true,
        { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_Double } => true,
        { SpecialType: SpecialType.System_String } => false,
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: { Length: 1 } of } => Is(of[0]),
        { Name: "Guid" or "TimeSpan" or "DateTimeOffset" or "DateOnly" or "TimeOnly" or "Int128" or "UInt128" or "Half" or "Version", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } => true,
        { Name: "IPAddress" or "IPEndPoint", ContainingNamespace.Name: "Net" } => true,
        { Name: "Uri", ContainingNamespace.Name: "System" } => false,
        { Name: "FileInfo" or "DirectoryInfo" or "FileSystemInfo", ContainingNamespace.Name: "IO" } => false,
        _ => null,
    };

    /// <summary>Whether a date, with its blank between day and hour, can be more than one word.</summary>
    public static bool MayHoldBlanks(ITypeSymbol? type) =>
        Is(type) != true || type is { SpecialType: SpecialType.System_DateTime or SpecialType.System_Char } or { Name: "DateTimeOffset" or "TimeOnly" or "Nullable" };

    /// <summary>The method returns a text in which nothing breaks out of an argument, or has been made safe.</summary>
    public static bool Is(IMethodSymbol method) =>
        method.Name.IndexOf("Quote", StringComparison.OrdinalIgnoreCase) >= 0
        || method.Name.IndexOf("Escape", StringComparison.OrdinalIgnoreCase) >= 0
        || method is { ContainingType: { Name: "Convert", ContainingNamespace.Name: "System" }, Name: "ToBase64String" or "ToHexString" or "ToHexStringLower" }
            or { ContainingType: { Name: "Path", ContainingNamespace.Name: "IO" }, Name: "GetRandomFileName" };

    /// <summary>A property whose text is of the same kind.</summary>
    public static bool Is(IPropertySymbol property) =>
        property is { Name: "AbsoluteUri" } or { Name: "MachineName", ContainingType.Name: "Environment" }
        || property.Name.IndexOf("Quote", StringComparison.OrdinalIgnoreCase) >= 0
        || property.Name.IndexOf("Escape", StringComparison.OrdinalIgnoreCase) >= 0;
}
