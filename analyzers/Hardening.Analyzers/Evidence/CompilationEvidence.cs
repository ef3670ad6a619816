using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Evidence;

/// <summary>All reports of stalls that a project has, and the statements of the compilation that they name. Shared by the rules; each statement is looked for once, when it is asked for.</summary>
internal sealed class CompilationEvidence
{
    private static readonly ConditionalWeakTable<Compilation, CompilationEvidence> All = new();

    private readonly ConcurrentDictionary<EvidencePlace, FoundPlace> _found = new();
    private readonly Lazy<SourceFiles> _files;
    private readonly Lazy<Dictionary<EvidencePlace, SourceFunctions?>> _functions;
    private readonly Lazy<ILookup<SyntaxTree?, EvidencePlace>> _byTree;
    private readonly Lazy<IReadOnlyList<EvidenceSource>> _reports;
    private readonly Lazy<ILookup<EvidencePlace, (EvidenceSource Source, EvidenceMention Mention)>> _mentions;
    private readonly CompilationFacts _facts;

    private CompilationEvidence(Compilation compilation, AnalyzerOptions options)
    {
        _facts = CompilationFacts.Of(compilation, options);
        _files = new(() => new SourceFiles(compilation));
        _reports = new(() => Read(options));
        _mentions = new(() => Reports.SelectMany(source => source.Report.Mentions.Select(mention => (source, mention))).ToLookup(one => one.mention.Place));
        _functions = new(() => _mentions.Value.ToDictionary(same => same.Key, same => _files.Value.Find(same.Key)));
        _byTree = new(() => _functions.Value.Where(place => place.Value is not null).ToLookup(place => place.Value?.Tree, place => place.Key));
    }

    /// <summary>Each stall once, the first first.</summary>
    public IReadOnlyList<EvidenceSource> Reports => _reports.Value;

    public static CompilationEvidence Of(Compilation compilation, AnalyzerOptions options) => All.GetValue(compilation, key => new CompilationEvidence(key, options));

    public static bool IsThere(AnalyzerOptions options) => options.AdditionalFiles.Any(EvidenceFile.IsEvidence);

    /// <summary>Who names it.</summary>
    public IEnumerable<(EvidenceSource Source, EvidenceMention Mention)> MentionsOf(EvidencePlace place) => _mentions.Value[place];

    /// <summary>The statements of a file that reports name, each with all that name it.</summary>
    public IEnumerable<IGrouping<SyntaxNode, EvidencePlace>> StatementsIn(SyntaxTree tree, CancellationToken cancellation) =>
        _byTree.Value[tree].Where(place => Find(place, cancellation).Node is not null).GroupBy(place => Find(place, cancellation).Node!);

    public FoundPlace Find(EvidencePlace place, CancellationToken cancellation) => _found.TryGetValue(place, out var found) ? found : _found.GetOrAdd(place, Search(place, cancellation));

    private FoundPlace Search(EvidencePlace place, CancellationToken cancellation)
    {
        if (_functions.Value[place] is not { } there)
        {
            return new FoundPlace(null, place.FileName is { } file && _files.Value.Has(file) ? $"'{file}' has no '{StackName.Short(place.Method)}' any more" : "no file has such a method");
        }

        var (node, reason) = new StatementSearch(place, _facts.Graph.ModelOf(there.Tree), cancellation).Find(there.Functions, there.IsSame);
        return new FoundPlace(node, reason);
    }

    // A report may be there twice, and may have been written again when its stall was over: the longest tells most.
    private static IReadOnlyList<EvidenceSource> Read(AnalyzerOptions options) =>
    [
        .. options.AdditionalFiles.Where(EvidenceFile.IsEvidence)
            .Select(file => (File: file, EvidenceFile.Read(file, CancellationToken.None).Report))
            .Where(read => read.Report is not null)
            .GroupBy(read => read.Report!.Id.Length > 0 ? read.Report.Id : read.File.Path, StringComparer.Ordinal)
            .Select(same => same.OrderByDescending(read => read.Report!.Seconds).ThenBy(read => read.File.Path, StringComparer.Ordinal).First())
            .Select(read => new EvidenceSource(read.File, read.Report!))
            .OrderBy(source => source.Report.StartedAt).ThenBy(source => source.File.Path, StringComparer.Ordinal),
    ];
}

/// <summary>A report, and the file that it is from.</summary>
internal sealed record EvidenceSource(AdditionalText File, EvidenceReport Report);

/// <summary>The statement that a report means; without one, why.</summary>
internal sealed record FoundPlace(SyntaxNode? Node, string? Reason);
