using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>Where a program is given its arguments as one text, or a shell its script.</summary>
/// <param name="operation">The assignment, the creation or the call.</param>
/// <param name="value">The text.</param>
/// <param name="isScript">One element of a list, right after <c>-c</c>.</param>
internal sealed class CommandLinePlace(IOperation operation, IOperation value, bool isScript)
{
    public IOperation Operation { get; } = operation;

    public IOperation Value { get; } = value;

    public bool IsScript { get; } = isScript;

    /// <summary>A cheap first look.</summary>
    public static bool MayBe(IOperation operation) => operation switch
    {
        IAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "Arguments" } } => true,
        IObjectCreationOperation { Arguments.Length: 2, Type.Name: "ProcessStartInfo" } => true,
        IInvocationOperation { TargetMethod.Name: "Start" or "Add" } call => MayBe(call),
        _ => false,
    };

    public static CommandLinePlace? Of(IOperation operation, INamedTypeSymbol info)
    {
        switch (operation)
        {
            case IAssignmentOperation { Target: IPropertyReferenceOperation { Property: var property } } assignment when IsInfo(property.ContainingType):
                return new CommandLinePlace(operation, assignment.Value, isScript: false);
            case IObjectCreationOperation { Type: { } type, Arguments: var arguments } when IsInfo(type):
                return OfArguments(operation, arguments);
            case IInvocationOperation { TargetMethod.Name: "Start", Arguments: var arguments }:
                return OfArguments(operation, arguments);
            case IInvocationOperation { Arguments: { Length: 1 } arguments } add when IsAfterSwitch(add):
                return new CommandLinePlace(operation, arguments[0].Value, isScript: true);
            default:
                return null;
        }

        bool IsInfo(ITypeSymbol type) => SymbolEqualityComparer.Default.Equals(type, info);
    }

    /// <summary>The list that the call adds to: <c>info.ArgumentList.Add(…)</c>, <c>{ ArgumentList = { … } }</c>.</summary>
    public static IPropertyReferenceOperation? ListOf(IInvocationOperation add) => (add.Instance switch
    {
        IPropertyReferenceOperation property => property,
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver } when add.Parent?.Parent is IMemberInitializerOperation member => member.InitializedMember,
        _ => null,
    }) as IPropertyReferenceOperation;

    private static bool MayBe(IInvocationOperation call) =>
        call.TargetMethod is { IsStatic: true, Name: "Start", Parameters.Length: > 1, ContainingType: { Name: "Process", ContainingNamespace.Name: "Diagnostics" } }
        || call.TargetMethod is { IsStatic: false, Name: "Add" } && ListOf(call) is { Property.Name: "ArgumentList" };

    private static CommandLinePlace? OfArguments(IOperation operation, ImmutableArray<IArgumentOperation> arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument.Parameter?.Name == "arguments")
            {
                return argument.Parameter.Type.SpecialType == SpecialType.System_String
                    ? new CommandLinePlace(operation, argument.Value, isScript: false)
                    : Script(argument.Value) is { } script ? new CommandLinePlace(operation, script, isScript: true) : null;
            }
        }

        return null;
    }

    // ["-c", $"…"]
    private static IOperation? Script(IOperation list)
    {
        var elements = Sequences.Elements(list)?.ToList();
        var at = elements?.FindIndex(IsSwitch) ?? -1;
        return at >= 0 && at + 1 < elements!.Count ? elements[at + 1].Unwrap() : null;
    }

    private static bool IsAfterSwitch(IInvocationOperation add)
    {
        if (add.Parent is IObjectOrCollectionInitializerOperation { Initializers: var all })
        {
            var at = all.IndexOf(add);
            return at > 0 && IsSwitchAdded(all[at - 1], add);
        }

        if (add.Parent is IExpressionStatementOperation { Parent: IBlockOperation { Operations: var statements } } statement)
        {
            var at = statements.IndexOf(statement);
            return at > 0 && statements[at - 1] is IExpressionStatementOperation { Operation: var before } && IsSwitchAdded(before, add);
        }

        return false;
    }

    private static bool IsSwitchAdded(IOperation before, IInvocationOperation add) =>
        before is IInvocationOperation { TargetMethod.Name: "Add", Arguments: { Length: 1 } arguments } other
        && other.Instance?.Syntax.ToString() == add.Instance?.Syntax.ToString()
        && IsSwitch(arguments[0].Value);

    private static bool IsSwitch(IOperation argument) =>
        argument.ConstantValue is { HasValue: true, Value: "-c" or "-lc" or "-ec" or "/c" or "/C" or "-Command" or "-command" };
}
