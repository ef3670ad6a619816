using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Hardening.Runtime.Tests.Stalls.Reports;

/// <summary>Values of any shape that reports have, drawn from a seed: what a new property is, is known without a change here.</summary>
internal sealed class RandomValues(int seed)
{
    private static readonly string[] Texts = ["", "conv6", "anon_pipe_write:1", "a \"quoted\" name", "zwei\nZeilen", "日本語 🙂", "<b>|`*", "\\", "\u0001"];

    private readonly Random _random = new(seed);

    public T Make<T>() => (T)Make(typeof(T), nullable: false)!;

    /// <summary>All that a value holds, as text: two values are equal when these are.</summary>
    public static string Describe(object? value)
    {
        var text = new StringBuilder();
        Describe(value, text);
        return text.ToString();
    }

    private object? Make(Type type, bool nullable)
    {
        if (nullable && _random.Next(3) == 0)
        {
            return null;
        }

        type = Nullable.GetUnderlyingType(type) ?? type;
        var isZero = _random.Next(3) == 0;
        return type switch
        {
            _ when type == typeof(string) => Texts[_random.Next(Texts.Length)],
            _ when type == typeof(bool) => _random.Next(2) == 0,
            _ when type == typeof(int) => isZero ? 0 : _random.Next(),
            _ when type == typeof(long) => isZero ? 0 : _random.NextInt64(),
            _ when type == typeof(ulong) => isZero ? 0 : (ulong)_random.NextInt64() * 2,
            _ when type == typeof(double) => _random.NextDouble(),
            _ when type == typeof(char) => "\0RSDTZI"[_random.Next(7)],
            _ when type == typeof(TimeSpan) => TimeSpan.FromTicks(_random.NextInt64(TimeSpan.TicksPerDay * 400)),
            _ when type == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch.AddTicks(_random.NextInt64(TimeSpan.TicksPerDay * 30_000)),
            { IsEnum: true } => Enum.GetValues(type).GetValue(_random.Next(Enum.GetValues(type).Length)),
            { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) => MakeList(type.GetGenericArguments()[0]),
            { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) => MakeDictionary(type.GetGenericArguments()),
            _ => MakeObject(type),
        };
    }

    private IList MakeList(Type type)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(type))!;
        for (var left = _random.Next(4); left > 0; left--)
        {
            list.Add(Make(type, nullable: false));
        }

        return list;
    }

    private IDictionary MakeDictionary(Type[] types)
    {
        var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(types))!;
        for (var left = _random.Next(4); left > 0; left--)
        {
            dictionary[Make(types[0], nullable: false)!] = Make(types[1], nullable: false);
        }

        return dictionary;
    }

    private object MakeObject(Type type)
    {
        var made = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in Shape.Properties(type))
        {
            property.SetValue(made, Make(property.PropertyType, Shape.IsOptional(property)));
        }

        return made;
    }

    private static void Describe(object? value, StringBuilder text)
    {
        if (value is IDictionary dictionary)
        {
            foreach (var key in dictionary.Keys.Cast<object>().Order())
            {
                text.Append(CultureInfo.InvariantCulture, $"{key}=");
                Describe(dictionary[key], text);
            }
        }
        else if (value is IEnumerable list and not string)
        {
            text.Append('[');
            foreach (var item in list)
            {
                Describe(item, text);
                text.Append(',');
            }

            text.Append(']');
        }
        else if (value?.GetType() is { } type && type.Namespace!.StartsWith("Hardening", StringComparison.Ordinal) && !type.IsEnum)
        {
            text.Append('{');
            foreach (var property in Shape.Properties(type))
            {
                text.Append(property.Name).Append(':');
                Describe(property.GetValue(value), text);
                text.Append(';');
            }

            text.Append('}');
        }
        else
        {
            text.Append(value switch { null => "null", double number => number.ToString("R", CultureInfo.InvariantCulture), DateTimeOffset at => at.ToString("O", CultureInfo.InvariantCulture), _ => $"'{value}'" });
        }
    }
}
