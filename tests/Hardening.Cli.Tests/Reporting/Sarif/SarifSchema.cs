using NJsonSchema;

namespace Hardening.Cli.Tests.Reporting.Sarif;

/// <summary>The schema of SARIF 2.1.0 as its committee published it (rtm.5, in the copy of the package @microsoft/jest-sarif, MIT).</summary>
internal static class SarifSchema
{
    public static async Task<IReadOnlyList<string>> ErrorsAsync(string log)
    {
        using var reader = new StreamReader(typeof(SarifSchema).Assembly.GetManifestResourceStream("sarif-2.1.0.schema.json")!);
        var schema = await JsonSchema.FromJsonAsync(await reader.ReadToEndAsync());
        return [.. schema.Validate(log).Select(error => $"{error.Path}: {error.Kind}")];
    }
}
