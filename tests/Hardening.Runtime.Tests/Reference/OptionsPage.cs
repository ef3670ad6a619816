using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace Hardening.Runtime.Tests.Reference;

/// <summary>The page of all options: those of each package, and what they are made of.</summary>
internal static partial class OptionsPage
{
    private static readonly NullabilityInfoContext s_nullability = new();

    /// <summary>Whether a type holds options: it is ours, and has properties that can be set.</summary>
    public static bool IsOptions(Type type) =>
        type is { IsClass: true, IsAbstract: false } && type.Namespace?.StartsWith("Hardening", StringComparison.Ordinal) is true && type.GetConstructor(Type.EmptyTypes) is not null && Settable(type).Any();

    /// <summary>The types of a package: those that are called options, then those that these hold.</summary>
    public static IReadOnlyList<Type> TypesOf(Assembly assembly)
    {
        var types = assembly.GetExportedTypes().Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal) && IsOptions(type)).ToList();
        for (var i = 0; i < types.Count; i++)
        {
            types.AddRange(Settable(types[i]).Select(property => property.PropertyType).Where(type => IsOptions(type) && type.Assembly == assembly && !types.Contains(type)).Distinct());
        }

        return [.. types.OrderBy(type => type.Namespace, StringComparer.Ordinal).ThenBy(type => type.Name, StringComparer.Ordinal)];
    }

    /// <summary>The options of a type, in the order of the source.</summary>
    public static IEnumerable<OptionText> OptionsOf(Type type, XmlDocs docs)
    {
        var instance = Activator.CreateInstance(type)!;
        return Settable(type).Select(property => new OptionText(property, instance, docs));
    }

    /// <summary>The page.</summary>
    /// <param name="packages">The name of each package, with the types of it and their docs.</param>
    public static string Write(IEnumerable<(string Package, IReadOnlyList<Type> Types, XmlDocs Docs)> packages)
    {
        var page = new StringBuilder("""
            # Options

            Generated from the code. Options that have a section are bound to it by the call that adds the component to a host; where the section ends in `name`, that is the name of the component. What the call sets in code comes after that. All are checked when the host starts, or the object is made: one error names every option that is out of its range. Collections and the options within options are sections within the section:

            ```json
            {
              "Hardening": {
                "StallWatchdog": { "StallAfter": "00:00:02", "Reports": { "Directory": "/var/lib/myapp/stalls" } },
                "FramePipeline": { "line-1": { "MaxAge": "00:00:01" } }
              }
            }
            ```

            """);
        foreach (var (package, types, docs) in packages)
        {
            page.Append($"\n## {package}\n");
            foreach (var type in types)
            {
                page.Append($"\n### {type.Name}\n\n{docs.Summary(type)} Namespace `{type.Namespace}`.{Section(type, docs)}\n\n| option | type | default | allowed | meaning |\n|---|---|---|---|---|\n");
                foreach (var option in OptionsOf(type, docs))
                {
                    page.Append($"| `{option.Property.Name}` | `{Name(option.Property)}` | {option.Default} | {option.Allowed} | {option.Meaning} |\n");
                }
            }
        }

        return page.ToString();
    }

    /// <summary>A property's type as C# writes it.</summary>
    public static string Name(PropertyInfo property) => Name(property.PropertyType) + (property.PropertyType.IsValueType || s_nullability.Create(property).ReadState != NullabilityState.Nullable ? "" : "?");

    // What configuration can reach: an option has a setter, or is a collection to fill.
    private static IEnumerable<PropertyInfo> Settable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true } || typeof(System.Collections.IEnumerable).IsAssignableFrom(property.PropertyType))
            .Where(property => property.GetMethod is { IsPublic: true })
            .OrderBy(property => property.MetadataToken);

    private static string Section(Type type, XmlDocs docs) =>
        type.GetField("SectionName") is not { } section ? ""
        : Bound().Match(docs.Summary(section)) is { Success: true } bound ? $" Section `{bound.Groups["section"].Value}`."
        : docs.Summary(section).Contains("bound to", StringComparison.Ordinal) ? $" Section `{section.GetRawConstantValue()}`."
        : $" Section `{section.GetRawConstantValue()}`, which an application binds for itself.";

    private static string Name(Type type) => type switch
    {
        _ when Nullable.GetUnderlyingType(type) is { } value => Name(value) + "?",
        { IsGenericType: true } => $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>",
        _ when type == typeof(int) => "int",
        _ when type == typeof(long) => "long",
        _ when type == typeof(double) => "double",
        _ when type == typeof(bool) => "bool",
        _ when type == typeof(string) => "string",
        _ => type.Name,
    };

    // Of a component that has a name, that is in the section: `Hardening:ProcessPool:name`.
    [GeneratedRegex("bound to `(?<section>[^`]+)`")]
    private static partial Regex Bound();
}
