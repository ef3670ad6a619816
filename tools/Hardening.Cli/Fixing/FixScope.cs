using System.IO.Enumeration;
using Hardening.Cli.Projects;
using Microsoft.CodeAnalysis;

namespace Hardening.Cli.Fixing;

/// <summary>Which findings are fixed.</summary>
internal sealed class FixScope(FixOptions options, string root)
{
    public string? Variant => options.Variant;

    public string Within => options.Within;

    public string Relative(string path) => Path.GetRelativePath(root, path).Replace('\\', '/');

    public bool Has(Project project, Diagnostic diagnostic) =>
        project.GetDocument(diagnostic.Location.SourceTree) is { FilePath: { } path } document
        && LoadedCode.IsSource(document)
        && (options.Files is [] || options.Files.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, Relative(path)) || FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path))));
}
