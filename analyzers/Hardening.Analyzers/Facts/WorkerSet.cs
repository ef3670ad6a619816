using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>A fixed number of workers, started in a loop: as many as there are cores, as a setting says, as a literal lists.</summary>
internal static class WorkerSet
{
    // A literal above this is a number of items, whatever it is called.
    private const int MostWorkers = 128;

    private static readonly string[] Words = ["thread", "worker", "parallel", "concurren", "degree"];

    public static bool IsFilledBy(ILoopOperation loop, StartedThread thread) => loop switch
    {
        IForLoopOperation { Condition: { } condition } => IsCount(condition, loop, thread),
        IWhileLoopOperation { Condition: { } condition } => thread.IsKept && IsCount(condition, loop, thread),
        IForEachLoopOperation each => IsList(each.Collection.Unwrap(), thread),
        _ => false,
    };

    public static bool IsWalkedIn(IOperation source, StartedThread thread) => IsList(source.Unwrap(), thread);

    private static bool IsList(IOperation collection, StartedThread thread) => collection switch
    {
        IArrayCreationOperation { Initializer: not null } => true,
        IInvocationOperation { TargetMethod: { Name: "Range", ContainingType.Name: "Enumerable" }, Arguments: { Length: 2 } arguments } =>
            IsWorkers(arguments[1].Value, thread),
        // One thread for each of the devices that an object owns, kept beside them.
        _ => collection.Syntax is CollectionExpressionSyntax || thread.IsKeptInField,
    };

    // i < bound, in either direction; and with a further condition.
    private static bool IsCount(IOperation condition, ILoopOperation loop, StartedThread thread) => condition.Unwrap() switch
    {
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both => IsCount(both.LeftOperand, loop, thread) || IsCount(both.RightOperand, loop, thread),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.NotEquals } less =>
            IsWorkers(less.RightOperand, thread),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual } greater =>
            IsZero(greater.RightOperand) ? IsWorkersOfCountdown(greater.LeftOperand, loop, thread) : IsWorkers(greater.LeftOperand, thread),
        _ => false,
    };

    private static bool IsZero(IOperation value) => value is { ConstantValue: { HasValue: true, Value: 0 } };

    // for (var i = workers; i > 0; i--)
    private static bool IsWorkersOfCountdown(IOperation counter, ILoopOperation loop, StartedThread thread) =>
        loop is IForLoopOperation && counter.Unwrap() is ILocalReferenceOperation { Local: var local } && Initializers.Of(local, loop) is { } start && IsWorkers(start, thread);

    private static bool IsWorkers(IOperation count, StartedThread thread)
    {
        count = count.Unwrap();
        return count switch
        {
            { ConstantValue: { HasValue: true, Value: int number } } => number <= MostWorkers,
            IPropertyReferenceOperation { Property: { Name: "ProcessorCount", ContainingType.Name: "Environment" } } => true,
            IInvocationOperation { TargetMethod: { Name: "Min" or "Clamp", ContainingType.Name: "Math" } } => true,
            IInvocationOperation { TargetMethod: { Name: "Max", ContainingType.Name: "Math" }, Arguments: var arguments } => arguments.All(argument => IsWorkers(argument.Value, thread)),
            IBinaryOperation binary => IsWorkers(binary.LeftOperand, thread) && IsWorkers(binary.RightOperand, thread),
            IPropertyReferenceOperation { Property.Name: "Length" or "Count", Instance: { } items } => IsOfThreads(items.Type) && IsSizeOfWorkers(items.Unwrap(), thread),
            IInvocationOperation { TargetMethod.Name: "Count" or "LongCount" } => false,
            ILocalReferenceOperation { Local: var local } when Initializers.Of(local, count) is { } initial => IsWorkers(initial, thread),
            { Type.SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 } => thread.IsKept || count is IMemberReferenceOperation { Member.Name: var name } && SaysWorkers(name),
            _ => false,
        };
    }

    // A setting: how many there are is not how many items there are.
    private static bool SaysWorkers(string name) =>
        Words.Any(word => name.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0);

    // new Thread[n] says how many; the size of an array from elsewhere is someone's setting.
    private static bool IsSizeOfWorkers(IOperation threads, StartedThread thread) =>
        threads is not ILocalReferenceOperation { Local: var local }
        || Initializers.Of(local, threads)?.Unwrap() is not IArrayCreationOperation { DimensionSizes: { Length: 1 } sizes }
        || IsWorkers(sizes[0], thread);

    private static bool IsOfThreads(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol { ElementType.Name: "Thread" } => true,
        INamedTypeSymbol { TypeArguments: var arguments } => arguments.Any(argument => argument.Name == "Thread"),
        _ => false,
    };
}
