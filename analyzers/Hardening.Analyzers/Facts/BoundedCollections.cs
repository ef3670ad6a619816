namespace Hardening.Analyzers.Facts;

/// <summary>Blocking collections that are made with a capacity: to add to one waits while it is full.</summary>
internal static class BoundedCollections
{
    public static bool IsBounded(IOperation? collection) => Made(collection?.Unwrap()) is IObjectCreationOperation { Constructor.Parameters: var parameters }
        && parameters.Any(parameter => parameter.Type.SpecialType == SpecialType.System_Int32);

    private static IOperation? Made(IOperation? collection) => collection switch
    {
        ILocalReferenceOperation { Local: var local } => Initializers.Of(local, collection)?.Unwrap(),
        IFieldReferenceOperation { Field: var field } => Initializers.Of(field, collection)?.Unwrap(),
        _ => null,
    };
}
