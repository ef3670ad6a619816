using System.Text.Json;
using System.Text.RegularExpressions;

namespace Hardening.Runtime.Tests.Stalls.Reports;

/// <summary>Holds JSON against the words of JSON Schema that our schema uses; one that it does not know is an error.</summary>
internal sealed class SchemaCheck(JsonElement root)
{
    private readonly List<string> _errors = [];

    public static IReadOnlyList<string> Errors(string json, string schema)
    {
        using var value = JsonDocument.Parse(json);
        using var rules = JsonDocument.Parse(schema);
        var check = new SchemaCheck(rules.RootElement);
        check.Value(value.RootElement, rules.RootElement, "$");
        return check._errors;
    }

    private void Value(JsonElement value, JsonElement schema, string path)
    {
        foreach (var rule in schema.EnumerateObject())
        {
            var holds = rule.Name switch
            {
                "$schema" or "$defs" or "title" or "description" or "format" => true,
                "$ref" => Refer(value, rule.Value.GetString()!, path),
                "type" => IsOf(value, rule.Value.GetString()!),
                "const" => JsonElement.DeepEquals(value, rule.Value),
                "enum" => rule.Value.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)),
                "pattern" => Regex.IsMatch(value.GetString()!, rule.Value.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1)),
                "minLength" => value.GetString()!.Length >= rule.Value.GetInt32(),
                "maxLength" => value.GetString()!.Length <= rule.Value.GetInt32(),
                "items" => Items(value, rule.Value, path),
                "properties" => Properties(value, rule.Value, path),
                "required" => rule.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
                "additionalProperties" => Additional(value, schema, rule.Value, path),
                "propertyNames" => value.EnumerateObject().All(property => Regex.IsMatch(property.Name, rule.Value.GetProperty("pattern").GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1))),
                _ => throw new NotSupportedException($"The schema says '{rule.Name}', which this check does not know."),
            };
            if (!holds)
            {
                _errors.Add($"{path} breaks '{rule.Name}': {rule.Value.GetRawText()}");
            }
        }
    }

    private bool Refer(JsonElement value, string reference, string path)
    {
        Value(value, root.GetProperty("$defs").GetProperty(reference["#/$defs/".Length..]), path);
        return true;
    }

    private bool Items(JsonElement value, JsonElement schema, string path)
    {
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            Value(item, schema, $"{path}[{index}]");
        }

        return true;
    }

    private bool Properties(JsonElement value, JsonElement schemas, string path)
    {
        foreach (var schema in schemas.EnumerateObject())
        {
            if (value.TryGetProperty(schema.Name, out var property))
            {
                Value(property, schema.Value, $"{path}.{schema.Name}");
            }
        }

        return true;
    }

    private bool Additional(JsonElement value, JsonElement schema, JsonElement rule, string path)
    {
        var known = schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().Select(property => property.Name).ToHashSet(StringComparer.Ordinal) : [];
        var others = value.EnumerateObject().Where(property => !known.Contains(property.Name)).ToList();
        if (rule.ValueKind == JsonValueKind.False)
        {
            return others.Count == 0;
        }

        others.ForEach(other => Value(other.Value, rule, $"{path}.{other.Name}"));
        return true;
    }

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => false,
    };
}
