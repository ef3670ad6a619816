using System.Globalization;

namespace Hardening.Analyzers.Facts;

/// <summary>How often a new timer ticks, as far as the code says.</summary>
internal static class TimerPeriod
{
    /// <summary>It ticks more than once: by its constructor, or by what is done with it later.</summary>
    public static bool Repeats(IOperation created, TimerUses uses) =>
        !uses.IsOneShot
        && !SetsOnce(created)
        && (uses.Repeats || (Of(created) is { } period ? !IsOnce(period) : created.Type?.ContainingNamespace.Name == "Timers"));

    /// <summary>The period as written; null when the constructor does not take it.</summary>
    public static IOperation? Of(IOperation created)
    {
        var arguments = created switch
        {
            IObjectCreationOperation creation => creation.Arguments,
            IInvocationOperation call => call.Arguments,
            _ => ImmutableArray<IArgumentOperation>.Empty,
        };
        return arguments.FirstOrDefault(argument => argument.Parameter?.Name is "period" or "interval")?.Value.Unwrap()
            ?? Setting(created, "Interval");
    }

    /// <summary>Null when it cannot be told.</summary>
    public static double? Milliseconds(IOperation? time) => time switch
    {
        { ConstantValue: { HasValue: true, Value: int or long or uint or double } } => Convert.ToDouble(time.ConstantValue.Value, CultureInfo.InvariantCulture),
        IInvocationOperation { TargetMethod: { ContainingType.Name: "TimeSpan", Name: var unit }, Arguments: { IsEmpty: false } arguments }
            when arguments[0].Value.ConstantValue is { HasValue: true, Value: int or long or double } => Convert.ToDouble(arguments[0].Value.ConstantValue.Value, CultureInfo.InvariantCulture) * Unit(unit),
        IFieldReferenceOperation { Field: { Name: "Zero", ContainingType.Name: "TimeSpan" } } => 0,
        _ => null,
    };

    /// <summary>A period of no time, too, means one tick.</summary>
    public static bool IsOnce(IOperation period) => IsNever(period) || Milliseconds(period.Unwrap()) == 0;

    /// <summary><c>Timeout.Infinite</c> and the like.</summary>
    public static bool IsNever(IOperation time) => time.Unwrap() switch
    {
        { ConstantValue: { HasValue: true, Value: -1 or -1L or uint.MaxValue } } => true,
        IFieldReferenceOperation { Field: { Name: "InfiniteTimeSpan", ContainingType.Name: "Timeout" } } => true,
        var other => Milliseconds(other) == -1,
    };

    // AutoReset = false in the initializer.
    private static bool SetsOnce(IOperation created) => Setting(created, "AutoReset") is { ConstantValue: not { HasValue: true, Value: true } };

    public static IOperation? Setting(IOperation created, string property) =>
        created is IObjectCreationOperation { Initializer.Initializers: var settings }
            ? settings.OfType<ISimpleAssignmentOperation>().FirstOrDefault(setting => setting.Target is IPropertyReferenceOperation { Property.Name: var name } && name == property)?.Value.Unwrap()
            : null;

    private static double Unit(string method) => method switch
    {
        "FromMilliseconds" => 1,
        "FromSeconds" => 1000,
        "FromMinutes" => 60_000,
        "FromHours" => 3_600_000,
        "FromDays" => 86_400_000,
        _ => 0.0001,
    };
}
