using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Hardening.Camera;

/// <summary>What a camera says of one of its features, at the moment of asking: limits and availability move with other settings.</summary>
public sealed record AravisFeature
{
    /// <summary>Its name, as GenICam or the vendor gave it.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of value it has.</summary>
    public required AravisFeatureType Type { get; init; }

    /// <summary>What may ever be done with it.</summary>
    public AravisFeatureAccess Access { get; init; }

    /// <summary>Whether the camera has it at all, and offers it with its present settings.</summary>
    public bool IsAvailable { get; init; }

    /// <summary>Whether the camera refuses to change it now, as many settings while it streams.</summary>
    public bool IsLocked { get; init; }

    /// <summary>The value now, as text; null where there is none to read.</summary>
    public string? Value { get; init; }

    /// <summary>The unit of a number, such as <c>us</c>; null where the camera names none.</summary>
    public string? Unit { get; init; }

    /// <summary>What the camera's maker says of it; null when nothing.</summary>
    public string? Description { get; init; }

    /// <summary>The limits of a whole number; null for other types.</summary>
    public AravisIntegerRange? IntegerRange { get; init; }

    /// <summary>The limits of a number; null for other types.</summary>
    public AravisFloatRange? FloatRange { get; init; }

    /// <summary>The entries of an enumeration that the camera offers now; empty for other types.</summary>
    public IReadOnlyList<string> Entries { get; init; } = [];
}

/// <summary>The whole numbers that a feature allows.</summary>
/// <param name="Least">The smallest.</param>
/// <param name="Most">The largest.</param>
/// <param name="Step">From one to the next, counted from the smallest; 1 or more.</param>
public sealed record AravisIntegerRange(long Least, long Most, long Step)
{
    internal bool Allows(long value) => value >= Least && value <= Most && ((Int128)value - Least) % Step == 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Least} to {Most}" + (Step > 1 ? $" in steps of {Step}" : "");
}

/// <summary>The numbers that a feature allows.</summary>
/// <param name="Least">The smallest; minus infinity where the camera names none.</param>
/// <param name="Most">The largest; infinity where the camera names none.</param>
/// <param name="Step">From one to the next; null where the camera names none.</param>
public sealed record AravisFloatRange(double Least, double Most, double? Step)
{
    internal bool Allows(double value) => value >= Least && value <= Most;

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Least:0.######} to {Most:0.######}{(Step is { } step ? FormattableString.Invariant($" in steps of {step:0.######}") : "")}");
}

/// <summary>What kind of value a feature has.</summary>
[SuppressMessage("Naming", "CA1720:Identifiers should not contain type names", Justification = "The standard's names.")]
public enum AravisFeatureType
{
    /// <summary>None of the others: bytes, or a group.</summary>
    Other,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number.</summary>
    Float,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A text.</summary>
    String,

    /// <summary>One of several named entries.</summary>
    Enumeration,

    /// <summary>No value: it does something.</summary>
    Command,
}

/// <summary>What may be done with a feature.</summary>
public enum AravisFeatureAccess
{
    /// <summary>Read only.</summary>
    ReadOnly,

    /// <summary>Written only, as a command.</summary>
    WriteOnly,

    /// <summary>Read and written.</summary>
    ReadWrite,
}
