using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>A thread or task that is started, and where it is kept.</summary>
internal interface IStarted
{
    /// <summary>It is put into an array or collection; or it needs no owner to be one of a number that was set.</summary>
    bool IsKept { get; }

    /// <summary>It is put into a collection that outlives the member: it has an owner.</summary>
    bool IsKeptInField { get; }
}

/// <summary>A fixed number of workers, started in a loop: as many as there are cores, as a setting says, as a literal lists.</summary>
internal static class WorkerSet
{
    // A literal above this is a number of items, whatever it is called.
    private const int MostWorkers = 128;

    private static readonly string[] Words = ["thread", "worker", "parallel", "concurren", "degree"];

    public static bool IsFilledBy(ILoopOperation loop, IStarted started) => loop switch
    {
        IForLoopOperation { Condition: { } condition } => IsCount(condition, loop, started),
        IWhileLoopOperation { Condition: { } condition } => started.IsKept && IsCount(condition, loop, started),
        IForEachLoopOperation each => IsList(each.Collection.Unwrap(), started),
        _ => false,
    };

    public static bool IsWalkedIn(IOperation source, IStarted started) => IsList(source.Unwrap(), started);

    private static bool IsList(IOperation collection, IStarted started) => collection switch
    {
        IArrayCreationOperation { Initializer: not null } => true,
        IInvocationOperation { TargetMethod: { Name: "Range", ContainingType.Name: "Enumerable" }, Arguments: { Length: 2 } arguments } =>
            IsWorkers(arguments[1].Value, started),
        // One thread for each of the devices that an object owns, kept beside them.
        _ => collection.Syntax is CollectionExpressionSyntax || started.IsKeptInField,
    };

    // i < bound, in either direction; and with a further condition.
    private static bool IsCount(IOperation condition, ILoopOperation loop, IStarted started) => condition.Unwrap() switch
    {
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both => IsCount(both.LeftOperand, loop, started) || IsCount(both.RightOperand, loop, started),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.NotEquals } less =>
            IsWorkers(less.RightOperand, started),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual } greater =>
            IsZero(greater.RightOperand) ? IsWorkersOfCountdown(greater.LeftOperand, loop, started) : IsWorkers(greater.LeftOperand, started),
        _ => false,
    };

    private static bool IsZero(IOperation value) => value is { ConstantValue: { HasValue: true, Value: 0 } };

    // for (var i = workers; i > 0; i--)
    private static bool IsWorkersOfCountdown(IOperation counter, ILoopOperation loop, IStarted started) =>
        loop is IForLoopOperation && counter.Unwrap() is ILocalReferenceOperation { Local: var local } && Initializers.Of(local, loop) is { } start && IsWorkers(start, started);

    private static bool IsWorkers(IOperation count, IStarted started)
    {
        count = count.Unwrap();
        return count switch
        {
            { ConstantValue: { HasValue: true, Value: int number } } => number <= MostWorkers,
            IPropertyReferenceOperation { Property: { Name: "ProcessorCount", ContainingType.Name: "Environment" } } => true,
            IInvocationOperation { TargetMethod: { Name: "Min" or "Clamp", ContainingType.Name: "Math" } } => true,
            IInvocationOperation { TargetMethod: { Name: "Max", ContainingType.Name: "Math" }, Arguments: var arguments } => arguments.All(argument => IsWorkers(argument.Value, started)),
            IBinaryOperation binary => IsWorkers(binary.LeftOperand, started) && IsWorkers(binary.RightOperand, started),
            IPropertyReferenceOperation { Property.Name: "Length" or "Count", Instance: { } items } => IsOfWorkers(items.Type) && IsSizeOfWorkers(items.Unwrap(), started),
            IInvocationOperation { TargetMethod.Name: "Count" or "LongCount" } => false,
            ILocalReferenceOperation { Local: var local } when Initializers.Of(local, count) is { } initial && IsBefore(initial, count) => IsWorkers(initial, started),
            { Type.SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 } => started.IsKept || count is IMemberReferenceOperation { Member.Name: var name } && SaysWorkers(name),
            _ => false,
        };
    }

    // int a = b, b = a; in code that is not finished, the search would go round in a circle.
    private static bool IsBefore(IOperation value, IOperation use) => value.Syntax.Span.End <= use.Syntax.SpanStart;

    // A setting: how many there are is not how many items there are.
    private static bool SaysWorkers(string name) =>
        Words.Any(word => name.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0);

    // new Thread[n] says how many; the size of an array from elsewhere is someone's setting.
    private static bool IsSizeOfWorkers(IOperation threads, IStarted started) =>
        threads is not ILocalReferenceOperation { Local: var local }
        || Initializers.Of(local, threads)?.Unwrap() is not IArrayCreationOperation { DimensionSizes: { Length: 1 } sizes }
        || !IsBefore(sizes[0], threads)
        || IsWorkers(sizes[0], started);

    private static bool IsOfWorkers(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol { ElementType.Name: "Thread" or "Task" } => true,
        INamedTypeSymbol { TypeArguments: var arguments } => arguments.Any(argument => argument.Name is "Thread" or "Task"),
        _ => false,
    };
}
