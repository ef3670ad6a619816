using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>The program that gets the arguments, where the code names it.</summary>
internal sealed class StartedProgram
{
    private static readonly string[] Shells = ["sh", "bash", "zsh", "dash", "ash", "ksh", "cmd", "powershell", "pwsh", "wsl"];

    // They read the command line by rules of their own, which a list of arguments cannot express.
    private static readonly string[] WithOwnRules = ["cmd", "powershell", "pwsh", "wsl", "msiexec", "wmic", "schtasks"];

    private StartedProgram(string? name) => Name = name;

    /// <summary>Without its folder; null where it is known only when it runs.</summary>
    public string? Name { get; }

    public bool IsShell => IsOneOf(Shells);

    public bool ReadsByOwnRules => IsOneOf(WithOwnRules);

    /// <summary>It takes the rest of its command line for one path or address, blanks and all.</summary>
    public bool TakesTheRest => IsOneOf(["explorer", "rundll32"]);

    public static StartedProgram Of(CommandLinePlace place)
    {
        var file = place.Operation switch
        {
            IObjectCreationOperation { Arguments: var arguments } => FileName(arguments),
            IInvocationOperation { TargetMethod.Name: "Start", Arguments: var arguments } => FileName(arguments),
            IInvocationOperation add when add.Parent is IObjectOrCollectionInitializerOperation { Parent: IMemberInitializerOperation { Parent: IObjectOrCollectionInitializerOperation outer } } => FileName(outer),
            IInvocationOperation add => FileName(CommandLinePlace.ListOf(add)?.Instance),
            IAssignmentOperation { Parent: IObjectOrCollectionInitializerOperation initializer } => FileName(initializer),
            IAssignmentOperation { Target: IPropertyReferenceOperation { Instance: var instance } } => FileName(instance),
            _ => null,
        };
        return new StartedProgram(file is null ? null : Constant(file));
    }

    private static IOperation? FileName(ImmutableArray<IArgumentOperation> arguments) =>
        arguments.FirstOrDefault(argument => argument.Parameter?.Name == "fileName")?.Value;

    private static IOperation? FileName(IObjectOrCollectionInitializerOperation initializer) =>
        initializer.Initializers.OfType<ISimpleAssignmentOperation>().FirstOrDefault(assignment => IsFileName(assignment.Target))?.Value
        ?? (initializer.Parent is IObjectCreationOperation creation ? FileName(creation.Arguments) : null);

    // info.FileName = …, somewhere in the same body, or what the local begins with.
    private static IOperation? FileName(IOperation? instance)
    {
        if (instance is null)
        {
            return null;
        }

        var text = instance.Syntax.ToString();
        var assigned = instance.Root().Descendants().OfType<ISimpleAssignmentOperation>()
            .FirstOrDefault(assignment => IsFileName(assignment.Target) && ((IPropertyReferenceOperation)assignment.Target).Instance?.Syntax.ToString() == text);
        return assigned?.Value
            ?? (instance is ILocalReferenceOperation { Local: var local } && Initializers.Of(local, instance)?.Unwrap() is IObjectCreationOperation creation
                ? creation.Initializer is { } initializer ? FileName(initializer) : FileName(creation.Arguments)
                : null);
    }

    private static bool IsFileName(IOperation target) => target is IPropertyReferenceOperation { Property: { Name: "FileName", ContainingType.Name: "ProcessStartInfo" } };

    private static string? Constant(IOperation file)
    {
        var value = file.Unwrap() switch
        {
            { ConstantValue: { HasValue: true, Value: string constant } } => constant,
            ILocalReferenceOperation { Local: var local } when LocalSources.Of(local, file).Take(2).ToList() is { Count: 1 } sources => sources[0].ConstantValue.Value as string,
            IFieldReferenceOperation { Field: { IsReadOnly: true } field } when Initializers.Of(field, file) is { ConstantValue: { HasValue: true, Value: string constant } } => constant,
            _ => null,
        };
        return value is null ? null : ProgramNames.Of(value);
    }

    private bool IsOneOf(string[] names) => Name is { } name && Array.Exists(names, other => string.Equals(other, name, StringComparison.OrdinalIgnoreCase));
}
