using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hardening.Runtime.Tests.Stalls.Reports;

/// <summary>What the types of a report look like as JSON, in the words of docs/runtime/stall-report.md.</summary>
internal static class Shape
{
    public static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(property => property.GetMethod is { } get && (get.IsPublic || get.IsAssembly) && property.CanWrite && property.GetCustomAttribute<JsonIgnoreAttribute>() is null);

    public static string NameOf(PropertyInfo property) => JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    public static bool IsOptional(PropertyInfo property) =>
        Nullable.GetUnderlyingType(property.PropertyType) is not null || new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;

    /// <summary>Whether zeros of the type are left out.</summary>
    public static bool IsSparse(Type type) => type.Namespace == "Hardening.Stalls.Sampling" && type.Name.EndsWith("Sample", StringComparison.Ordinal);

    public static string WordOf(PropertyInfo property) => WordOf(property.PropertyType) + (IsOptional(property) ? "?" : "");

    /// <summary>The types that are reached from this one, itself first, each once: objects and enumerations.</summary>
    public static IReadOnlyList<Type> Reached(Type root)
    {
        var reached = new List<Type>();
        Reach(root);
        return reached;

        void Reach(Type type)
        {
            type = Nullable.GetUnderlyingType(type) ?? type;
            if (type.IsGenericType)
            {
                type.GetGenericArguments().ToList().ForEach(Reach);
            }
            else if (type.Namespace!.StartsWith("Hardening", StringComparison.Ordinal) && !reached.Contains(type))
            {
                reached.Add(type);
                if (!type.IsEnum)
                {
                    Properties(type).Select(property => property.PropertyType).ToList().ForEach(Reach);
                }
            }
        }
    }

    private static string WordOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(string) => "text",
            _ when type == typeof(int) || type == typeof(long) => "integer",
            _ when type == typeof(double) => "number",
            _ when type == typeof(bool) => "boolean",
            _ when type == typeof(char) => "letter",
            _ when type == typeof(ulong) => "address",
            _ when type == typeof(TimeSpan) => "seconds",
            _ when type == typeof(DateTimeOffset) => "time",
            { IsGenericType: true } when type.GetGenericArguments() is [var item] => $"list of {WordOf(item)}",
            { IsGenericType: true } when type.GetGenericArguments() is [var key, var value] => $"{WordOf(value)}s by {(key == typeof(ulong) ? "address" : "number")}",
            _ => type.Name,
        };
    }
}
