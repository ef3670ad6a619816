using System.Collections.Immutable;
using System.IO.Enumeration;
using System.Reflection;
using Hardening.Analyzers.Locks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Hardening.Cli.Scanning;

/// <summary>The rules that this program brings, and which of their findings it can mend.</summary>
internal sealed class RuleCatalog
{
    private RuleCatalog(ImmutableArray<DiagnosticAnalyzer> analyzers, IReadOnlyDictionary<string, DiagnosticDescriptor> rules) => (Analyzers, Rules) = (analyzers, rules);

    /// <summary>The rules' own ids that can be fixed.</summary>
    public static IReadOnlySet<string> Fixable { get; } = Of<CodeFixProvider>(typeof(HRD1001LockOnUnfitObjectCodeFix).Assembly).SelectMany(fix => fix.FixableDiagnosticIds).ToHashSet(StringComparer.Ordinal);

    public ImmutableArray<DiagnosticAnalyzer> Analyzers { get; }

    /// <summary>By id.</summary>
    public IReadOnlyDictionary<string, DiagnosticDescriptor> Rules { get; }

    /// <param name="patterns">Ids, which may have <c>*</c> in them; none for all.</param>
    /// <exception cref="CommandFailedException">A pattern names no rule.</exception>
    public static RuleCatalog Of(IReadOnlyList<string> patterns)
    {
        var all = Of<DiagnosticAnalyzer>(typeof(HRD1001LockOnUnfitObjectAnalyzer).Assembly).ToList();
        var rules = all.SelectMany(analyzer => analyzer.SupportedDiagnostics).DistinctBy(rule => rule.Id).ToList();
        if (patterns.FirstOrDefault(pattern => !rules.Exists(rule => IsNamed(pattern, rule))) is { } strange)
        {
            throw CommandFailedException.WrongUse($"no rule is named '{strange}': there are {rules.Min(rule => rule.Id)} to {rules.Max(rule => rule.Id)}, and patterns such as 'HRD1*'");
        }

        var wanted = rules.Where(rule => patterns is [] || patterns.Any(pattern => IsNamed(pattern, rule))).OrderBy(rule => rule.Id, StringComparer.Ordinal).ToDictionary(rule => rule.Id);
        return new RuleCatalog([.. all.Where(analyzer => analyzer.SupportedDiagnostics.Any(rule => wanted.ContainsKey(rule.Id)))], wanted);
    }

    private static bool IsNamed(string pattern, DiagnosticDescriptor rule) => FileSystemName.MatchesSimpleExpression(pattern, rule.Id);

    private static IEnumerable<T> Of<T>(Assembly assembly) => assembly.GetTypes().Where(type => !type.IsAbstract && typeof(T).IsAssignableFrom(type)).OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => (T)Activator.CreateInstance(type)!);
}
