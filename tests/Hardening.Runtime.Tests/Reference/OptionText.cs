using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Hardening.Runtime.Tests.Reference;

/// <summary>One option as its page tells it: what the doc comment says, taken apart, and the default of an instance.</summary>
internal sealed partial class OptionText
{
    private const string Amount = @"(?:[−-]?\d(?:[\d,]*\d)?(?:\.\d+)?(?: (?:ms|s|min|h|days|bytes?|KiB|MiB|GiB|TiB|PiB)\b)?(?: \((?:more|less)\))?|`\w+`)";

    private static readonly (long Ticks, string Unit)[] s_units =
        [(TimeSpan.TicksPerHour, "h"), (TimeSpan.TicksPerMinute, "min"), (TimeSpan.TicksPerSecond, "s"), (TimeSpan.TicksPerMillisecond, "ms")];

    // What it is depends on the machine, so the page says what the comment says.
    private static readonly Dictionary<string, string> s_ofTheMachine = new() { ["ProcessPoolOptions.Workers"] = "the processors of the machine", ["CameraOwnershipOptions.HostName"] = "the machine's name" };

    private readonly object? _value;
    private readonly string _summary;
    private readonly string _range; // as the comment has it

    public OptionText(PropertyInfo property, object instance, XmlDocs docs)
    {
        Property = property;
        _summary = docs.Summary(property);
        _value = property.GetValue(instance);
        _range = Property.PropertyType == typeof(bool) ? "" : Range().Match(_summary).Value;
        Default = s_ofTheMachine.GetValueOrDefault($"{property.DeclaringType!.Name}.{property.Name}") ?? Describe();
    }

    public PropertyInfo Property { get; }

    /// <summary>The range, as the comment has it; for an enumeration the names. Empty: any value, or any of its kind.</summary>
    public string Allowed => _range.Length > 0 ? char.ToLowerInvariant(_range[0]) + _range[1..] : EnumNames();

    /// <summary>The default; a property that holds further options links to them.</summary>
    public string Default { get; }

    /// <summary>The comment, without what the other columns tell.</summary>
    public string Meaning
    {
        get
        {
            var text = Stated().Match(_summary) is { Success: true } stated && Same(stated.Groups["value"].Value) ? _summary[..stated.Index] : _summary.TrimEnd('.');
            text = _range.Length > 0 && text.EndsWith(_range, StringComparison.Ordinal) ? text[..^_range.Length].TrimEnd(' ', ',', ':', ';') : text;
            return text.TrimEnd('.') + ".";
        }
    }

    /// <summary>What is wrong with the comment: nothing, or what it does not say, or says otherwise than the code.</summary>
    public string? Problem => this switch
    {
        _ when _summary.Length == 0 => "has no doc comment",
        _ when IsMeasured && _range.Length == 0 => "does not say what is allowed",
        _ when _value is not null && !IsOfOptions && !SaysDefault => $"does not say that the default is {Default}",
        _ when _value is null && SaysOtherDefault => "says another default than null",
        _ => null,
    };

    /// <summary>The type without its <c>?</c>.</summary>
    public Type Kind => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    private bool IsMeasured => Kind == typeof(int) || Kind == typeof(long) || Kind == typeof(double) || Kind == typeof(TimeSpan);

    private bool IsOfOptions => OptionsPage.IsOptions(Kind);

    private bool IsFilled => _value is not (null or "" or ICollection { Count: 0 });

    private bool SaysDefault =>
        !IsFilled || s_ofTheMachine.ContainsValue(Default)
        || Said().Matches(_summary).Any(said => Same(said.Groups["value"].Value)) || Plain(_summary).Contains($"{Plain(Default)}, the default", StringComparison.Ordinal) || Plain(_summary).Contains($"{Plain(Default)} (default)", StringComparison.Ordinal);

    // "Default 5 s." of a property that is null; "Default: the device's own." tells what null means.
    private bool SaysOtherDefault => Said().Match(_summary) is { Success: true } said && char.IsAsciiDigit(said.Groups["value"].Value[0]);

    private bool Same(string stated) => Plain(stated) == Plain(Default) || Plain(stated).EndsWith("." + Plain(Default), StringComparison.Ordinal);

    private string Describe() => _value switch
    {
        null => "null",
        _ when IsOfOptions => $"[{Kind.Name}](#{Kind.Name.ToLowerInvariant()})",
        bool value => value ? "true" : "false",
        TimeSpan value => Time(value),
        long value when Property.Name.EndsWith("Bytes", StringComparison.Ordinal) => Size(value),
        int value when Property.Name.EndsWith("Bytes", StringComparison.Ordinal) => Size(value),
        Enum value => $"`{value}`",
        "" => "empty",
        string value => $"`{value}`",
        ICollection { Count: 0 } => "none",
        Uri value => $"`{value.OriginalString}`",
        IFormattable value => value.ToString(value is double ? null : "N0", CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"No text for the default of {Property.DeclaringType!.Name}.{Property.Name}: {_value}."),
    };

    private string EnumNames() => Kind.IsEnum && Kind.Namespace!.StartsWith("Hardening", StringComparison.Ordinal) && Kind.GetEnumNames() is { Length: <= 8 } names && !Kind.IsDefined(typeof(FlagsAttribute)) ? string.Join(", ", names.Select(name => $"`{name}`")) : "";

    private static string Time(TimeSpan value)
    {
        var (ticks, unit) = s_units.FirstOrDefault(unit => value.Ticks % unit.Ticks == 0, s_units[^1]);
        return value == TimeSpan.Zero ? "0" : string.Create(CultureInfo.InvariantCulture, $"{value.Ticks / ticks:N0} {unit}");
    }

    private static string Size(long bytes)
    {
        string[] units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
        var unit = 0;
        for (; unit < units.Length - 1 && bytes >= 1024 && bytes % 1024 == 0; unit++)
        {
            bytes /= 1024;
        }

        return bytes == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} {units[unit]}");
    }

    private static string Plain(string text) => text.Replace("`", "", StringComparison.Ordinal);

    [GeneratedRegex($@"{Amount} to (?:half of |less than )?{Amount}|\d[\d,]*(?: [KMG]iB)? or more|[Aa]t least [^.;:]*?[,;] (?:and [^.;:]*?[,;] )?(?:up )?to {Amount}|[Aa]t least twice `\w+`|[Aa]t most {Amount}|(?<=, )up to {Amount}|any number")]
    private static partial Regex Range();

    [GeneratedRegex(@"(?:[.;,] |^)[Dd]efault:? (?<value>[^:;]+?)\.$")]
    private static partial Regex Stated();

    [GeneratedRegex(@"\b[Dd]efault:? (?<value>[^:;]+?)(?:[.:;,](?: |$)| \(|$)")]
    private static partial Regex Said();
}
