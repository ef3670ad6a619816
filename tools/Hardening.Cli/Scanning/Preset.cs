using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Cli.Scanning;

/// <summary>A preset of the package, as if the project had chosen it.</summary>
internal static class Preset
{
    /// <summary>Their names.</summary>
    public static readonly string[] Names = ["recommended", "strict", "audit"];

    /// <summary>The project with this preset, and without one that it has chosen itself: two at the same level would cancel each other.</summary>
    public static Project Give(Project project, string name)
    {
        var own = project.AnalyzerConfigDocuments.Where(document => document.FilePath is { } path && Path.GetFileName(Path.GetDirectoryName(path)) == "presets" && Names.Contains(Path.GetFileNameWithoutExtension(path)));
        var solution = project.Solution.RemoveAnalyzerConfigDocuments([.. own.Select(document => document.Id)]);
        var file = name + ".globalconfig";
        return solution.AddAnalyzerConfigDocument(DocumentId.CreateNewId(project.Id), file, Read(file), filePath: Path.Combine(AppContext.BaseDirectory, "presets", file)).GetProject(project.Id)!;
    }

    /// <summary>What a rule counts as with this preset.</summary>
    public static FindingSeverity Severity(string? name, DiagnosticSeverity own) => name switch
    {
        "strict" => FindingSeverity.Error,
        "audit" => FindingSeverity.Info,
        _ => Severities.Of(own) ?? FindingSeverity.Info,
    };

    private static SourceText Read(string file)
    {
        using var stream = typeof(Preset).Assembly.GetManifestResourceStream(file)!;
        return SourceText.From(stream);
    }
}
