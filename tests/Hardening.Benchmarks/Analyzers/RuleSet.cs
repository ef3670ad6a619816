using System.Text.RegularExpressions;

namespace Hardening.Benchmarks.Analyzers;

/// <summary>Rules as a build hands them to the compiler.</summary>
/// <param name="Name">Whose they are.</param>
/// <param name="Version">Which.</param>
/// <param name="Assemblies">The rules, and what they need.</param>
/// <param name="AdditionalFiles">What they read.</param>
/// <param name="Configs">How severe they are.</param>
internal sealed partial record RuleSet(string Name, string Version, IReadOnlyList<string> Assemblies, IReadOnlyList<string> AdditionalFiles, IReadOnlyList<string> Configs)
{
    public const string OwnName = "Hardening";

    /// <summary>All rules of ours, as the preset <c>strict</c> has them, but as warnings: an error ends the compile before the assembly is written, which would flatter us.</summary>
    public static RuleSet Own(string scratch)
    {
        var config = Path.Combine(scratch, "strict.globalconfig");
        File.WriteAllText(config, Error().Replace(File.ReadAllText(Path.Combine(BuildFacts.Presets, "strict.globalconfig")), "= warning"));
        return new RuleSet(OwnName, "this build", [BuildFacts.Rules], [], [config]);
    }

    /// <summary>The same rules with some of them no more than warnings, for the same reason.</summary>
    public RuleSet WithoutErrors(IEnumerable<string> ids, string scratch)
    {
        var config = Path.Combine(scratch, $"{Name}.globalconfig");
        File.WriteAllLines(config, ["is_global = true", .. ids.Select(id => $"dotnet_diagnostic.{id}.severity = warning")]);
        return this with { Configs = [.. Configs, config] };
    }

    public IEnumerable<string> Arguments() =>
        [.. Assemblies.Select(file => $"/analyzer:{file}"), .. AdditionalFiles.Select(file => $"/additionalfile:{file}"), .. Configs.Select(file => $"/analyzerconfig:{file}")];

    [GeneratedRegex(@"=\s*error\b")]
    private static partial Regex Error();
}
