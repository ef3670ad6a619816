using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Hardening.Runtime.Tests.Stalls.Reports;

/// <summary>What docs/runtime/stall-report.md says of each type, and the schema that follows from it.</summary>
internal static partial class ReportPage
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text { get; } = File.ReadAllText(Path.Combine(Baseline.RepositoryRoot, "docs", "runtime", "stall-report.md"));

    /// <summary>The rows of the section of a type.</summary>
    public static IReadOnlyList<(string Field, string Word, string Meaning)> Rows(Type type) =>
        [.. Row().Matches(Section(type)).Select(match => (match.Groups["field"].Value, match.Groups["word"].Value, match.Groups["meaning"].Value))];

    public static string Section(Type type)
    {
        var start = Text.IndexOf($"\n### {type.Name}\n", StringComparison.Ordinal);
        Assert.That(start, Is.GreaterThan(0), $"the page has no section '### {type.Name}'");
        var end = Text.IndexOf("\n##", start + 1, StringComparison.Ordinal);
        return end < 0 ? Text[start..] : Text[start..end];
    }

    public static string Schema(Type root)
    {
        var definitions = new JsonObject();
        foreach (var type in Shape.Reached(root).Where(type => type != root).OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            definitions[type.Name] = type.IsEnum
                ? new JsonObject { ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => (JsonNode)JsonNamingPolicy.CamelCase.ConvertName(name))]) }
                : ObjectSchema(type);
        }

        var schema = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = "A report of a stall, version 1" };
        foreach (var (name, value) in ObjectSchema(root).ToList())
        {
            schema[name] = value!.DeepClone();
        }

        schema["properties"]!["format"]!.AsObject()["const"] = "hardening.stall-report";
        schema["properties"]!["version"]!.AsObject()["const"] = 1;
        schema["$defs"] = definitions;
        return schema.ToJsonString(Indented) + "\n";
    }

    private static JsonObject ObjectSchema(Type type)
    {
        var meanings = Rows(type).ToDictionary(row => row.Field, row => row.Meaning);
        var properties = new JsonObject();
        foreach (var property in Shape.Properties(type))
        {
            var value = ValueSchema(Shape.WordOf(property).TrimEnd('?'));
            value["description"] = meanings[Shape.NameOf(property)].Replace("`", "", StringComparison.Ordinal);
            properties[Shape.NameOf(property)] = value;
        }

        var required = Shape.IsSparse(type) ? [] : Shape.Properties(type).Where(property => !Shape.IsOptional(property)).Select(Shape.NameOf);
        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]),
            ["additionalProperties"] = false,
        };
    }

    private static JsonObject ValueSchema(string word) => word switch
    {
        "text" => Of("string"),
        "integer" or "number" or "boolean" => Of(word),
        "letter" => new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = 1 },
        "address" => new JsonObject { ["type"] = "string", ["pattern"] = "^0x[0-9a-f]{1,16}$" },
        "seconds" => Of("number"),
        "time" => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
        _ when Map().Match(word) is { Success: true } map => new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = ValueSchema(map.Groups["value"].Value),
            ["propertyNames"] = new JsonObject { ["pattern"] = map.Groups["key"].Value == "address" ? "^0x[0-9a-f]{1,16}$" : "^-?[0-9]+$" },
        },
        _ when word.StartsWith("list of ", StringComparison.Ordinal) => new JsonObject { ["type"] = "array", ["items"] = ValueSchema(word["list of ".Length..]) },
        _ => new JsonObject { ["$ref"] = $"#/$defs/{word}" },
    };

    [GeneratedRegex("^(?<value>.+)s by (?<key>address|number)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Map();

    private static JsonObject Of(string type) => new() { ["type"] = type };

    [GeneratedRegex(@"^\| `(?<field>\w+)` \| (?<word>[^|]+?) \| (?<meaning>[^|]+?) \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
