namespace Hardening.Analyzers.Processes;

/// <summary>Gives the child to the supervisor of the runtime, which outlives this process by the moment that it needs to end it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD3013BareLongLivedProcessCodeFix : OneByOneCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD3013BareLongLivedProcessAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (SupervisedMove.At(reported, model, cancellationToken) is var (title, moved))
        {
            yield return new Edit(title, SupervisedMove.Key, moved);
        }
    }
}
