using System.Reflection;
using System.Text;

namespace Hardening.Runtime.Tests.Reference;

/// <summary>The page of all exceptions: when they are thrown, what they carry, and what to do.</summary>
internal static class ExceptionsPage
{
    /// <summary>The exceptions that a package may throw, and others may catch.</summary>
    public static IReadOnlyList<Type> TypesOf(Assembly assembly) =>
        [.. assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Exception))).OrderBy(type => type.Namespace, StringComparer.Ordinal).ThenBy(type => type.Name, StringComparer.Ordinal)];

    /// <summary>What an exception carries beside its message.</summary>
    public static IEnumerable<PropertyInfo> DataOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).OrderBy(property => property.MetadataToken);

    /// <summary>The page.</summary>
    public static string Write(IEnumerable<(string Package, IReadOnlyList<Type> Types, XmlDocs Docs)> packages)
    {
        var page = new StringBuilder("""
            # Exceptions

            Generated from the code. Each is one condition that a caller can act on; the message says what happened, to what, and what to do. A wait that is cancelled throws `OperationCanceledException` with the caller's token, and an option out of its range `OptionsValidationException`. A stall is an event, not an exception: [stalls](stalls.md).

            """);
        foreach (var (package, types, docs) in packages.Where(package => package.Types.Count > 0))
        {
            page.Append($"\n## {package}\n");
            foreach (var type in types)
            {
                page.Append($"\n### {type.Name}\n\n`{type.Namespace}.{type.Name} : {type.BaseType!.Name}`\n\n{docs.Summary(type)}\n\nWhat to do: {docs.Remarks(type)}\n");
                var data = DataOf(type).ToList();
                if (data.Count > 0)
                {
                    page.Append("\n| property | type | meaning |\n|---|---|---|\n");
                    data.ForEach(property => page.Append($"| `{property.Name}` | `{OptionsPage.Name(property)}` | {docs.Summary(property)} |\n"));
                }
            }
        }

        return page.ToString();
    }
}
