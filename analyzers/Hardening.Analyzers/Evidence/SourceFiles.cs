namespace Hardening.Analyzers.Evidence;

/// <summary>Finds the file of a compilation that a report means: it was built on another machine, in another folder.</summary>
internal sealed class SourceFiles(Compilation compilation)
{
    private readonly ILookup<string, SyntaxTree> _byName = compilation.SyntaxTrees.ToLookup(tree => Segments(tree.FilePath).Last(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Null where no file has what is meant.</summary>
    public SourceFunctions? Find(EvidencePlace place)
    {
        var files = place.File is { } path ? ByPath(path) : [];
        foreach (var tree in files.Where(tree => SourceChecksums.IsSame(tree, place.Document)))
        {
            var functions = StackFunctions.Of(tree);
            List<StackFunction> there = [.. functions.Named(place.Method).Where(function => function.Has(place.Line))];
            return new SourceFunctions(tree, there.Count > 0 ? there : [.. functions.At(place.Line)], IsSame: true);
        }

        // What is of another assembly is only found where its file is compiled into this one too.
        var isOwn = place.Module is null || place.Module == compilation.AssemblyName;
        foreach (var tree in files.Concat(isOwn ? ByMethod(place.Method) : []))
        {
            if (StackFunctions.Of(tree).Named(place.Method).ToList() is { Count: > 0 } functions)
            {
                return new SourceFunctions(tree, functions, IsSame: false);
            }
        }

        return null;
    }

    public bool Has(string fileName) => _byName.Contains(fileName);

    // Those that have most folders in common with it, counted from the file on.
    private List<SyntaxTree> ByPath(string path)
    {
        var wanted = Segments(path);
        return [.. _byName[wanted.Last()].OrderByDescending(tree => InCommon(Segments(tree.FilePath), wanted)).ThenBy(tree => tree.FilePath, StringComparer.Ordinal)];
    }

    private static int InCommon(string[] one, string[] other)
    {
        var count = 0;
        while (count < one.Length && count < other.Length && string.Equals(one[one.Length - 1 - count], other[other.Length - 1 - count], StringComparison.OrdinalIgnoreCase))
        {
            count++;
        }

        return count;
    }

    // The file has another name now, or the type has moved to another.
    private IEnumerable<SyntaxTree> ByMethod(string method)
    {
        var parts = StackName.Normal(method).Split(['.'], StringSplitOptions.RemoveEmptyEntries);
        var names = parts.Skip(1).Reverse().Take(3).SelectMany(Declared).ToImmutableHashSet(StringComparer.Ordinal);
        return names.IsEmpty ? [] : compilation.GetSymbolsWithName(names.Contains, SymbolFilter.TypeAndMember)
            .SelectMany(symbol => symbol.DeclaringSyntaxReferences).Select(reference => reference.SyntaxTree).Distinct()
            .OrderBy(tree => tree.FilePath, StringComparer.Ordinal);
    }

    private static IEnumerable<string> Declared(string name)
    {
        yield return name;
        if (name.IndexOf('_') is 3 or 4 && FrameKinds.Member(name) is var property && property != name)
        {
            yield return property;
        }
    }

    private static string[] Segments(string path) => path.Replace('\\', '/').Split('/');
}

/// <summary>A file, and the functions in it that a report may mean.</summary>
/// <param name="Tree">The file.</param>
/// <param name="Functions">The functions.</param>
/// <param name="IsSame">The file is as it was compiled.</param>
internal sealed record SourceFunctions(SyntaxTree Tree, IReadOnlyList<StackFunction> Functions, bool IsSame);
