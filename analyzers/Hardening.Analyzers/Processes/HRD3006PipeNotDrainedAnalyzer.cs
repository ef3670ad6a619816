using System.Collections.Concurrent;
using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>HRD3006: a pipe holds some 64 KiB; a child that writes more stands still until somebody reads, and whoever waits for the child stands still with it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD3006PipeNotDrainedAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD3006";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Read every redirected pipe while the child runs",
        messageFormat: "'{0}' {1}, so a child that fills the pipe hangs",
        category: Categories.Processes,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A child blocks when a pipe that it writes to is full. Read every redirected pipe at the same time, from before the wait, or do not redirect it.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (CompilationFacts.Of(start.Compilation, start.Options).Processes is not null)
            {
                var facts = CompilationFacts.Of(start.Compilation, start.Options);
                start.RegisterSymbolStartAction(type => AnalyzeType(type, facts), SymbolKind.NamedType);
            }
        });
    }

    // What stands in another member than the start is said at the end of the type: an editor drops what an action reports outside of its own member.
    private static void AnalyzeType(SymbolStartAnalysisContext type, CompilationFacts facts)
    {
        var elsewhere = new ConcurrentBag<Diagnostic>();
        type.RegisterOperationAction(operation => Analyze(operation, facts, elsewhere), OperationKind.Invocation, OperationKind.ObjectCreation);
        type.RegisterSymbolEndAction(end =>
        {
            foreach (var diagnostic in elsewhere)
            {
                end.ReportDiagnostic(diagnostic);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, CompilationFacts facts, ConcurrentBag<Diagnostic> elsewhere)
    {
        if (facts.Processes is { } types && types.IsMade(context.Operation) && ChildPipes.Of(context.Operation, types) is { } pipes)
        {
            foreach (var (at, mistake) in Mistakes(pipes, context.Operation))
            {
                // What stands in another document is shown at the start.
                var place = at.Syntax.SyntaxTree == context.Operation.Syntax.SyntaxTree ? at : context.Operation;
                var diagnostic = Diagnostic.Create(Rule, place.Syntax.GetLocation(), Names.Of(Callers.MemberOf(place) ?? context.ContainingSymbol), mistake);
                if (place.Root().Syntax == context.Operation.Root().Syntax)
                {
                    context.ReportDiagnostic(diagnostic);
                }
                else
                {
                    elsewhere.Add(diagnostic);
                }
            }
        }
    }

    private static IEnumerable<(IOperation At, string Mistake)> Mistakes(ChildPipes pipes, IOperation started)
    {
        var child = NameOf(pipes);
        if (FirstStandstill(pipes) is { } standstill)
        {
            var late = string.Join(" and ", Late(pipes, standstill).Select(pipe => pipe.Name));
            yield return (pipes.PlaceOf(standstill), ReadAt(pipes, standstill) is { } read
                ? $"reads {read.Name} of {child} to its end before {late}"
                : $"waits for {child} before it reads {late}");
        }
        else if (LeftLoop.Of(pipes) is var (wait, pipe))
        {
            yield return (wait, $"waits for {child} after it has left the loop that reads {pipe.Name}");
        }

        var unread = Unread(pipes);
        if (unread.Count > 0)
        {
            yield return (RedirectOf(unread, started) ?? started, $"redirects {string.Join(" and ", unread.Select(pipe => pipe.Name))} of {child} and never reads {(unread.Count == 1 ? "it" : "them")}");
        }
    }

    private static string NameOf(ChildPipes pipes) =>
        pipes.Member is { } member ? $"'{member.Name}'" : pipes.Process.Local is { } local ? $"'{local.Name}'" : "its child";

    /// <summary>The first place where code waits, for the exit or for the end of one pipe, while a pipe that it reads later fills up.</summary>
    internal static IOperation? FirstStandstill(ChildPipes pipes) =>
        pipes.Waits.Concat(pipes.Redirected.SelectMany(pipe => pipe.Reads).SelectMany(read => read.Ends))
            .Where(standstill => Late(pipes, standstill).Any())
            .OrderBy(standstill => pipes.PlaceOf(standstill).Syntax.SpanStart)
            .FirstOrDefault();

    /// <summary>The pipes that are read, but not yet here.</summary>
    internal static IEnumerable<ChildPipe> Late(ChildPipes pipes, IOperation standstill) =>
        pipes.Redirected.Where(pipe => pipe.Reads.Count > 0 && !pipe.Reads.Exists(read => pipes.IsBefore(read, standstill) || read.IsAt(standstill)));

    internal static List<ChildPipe> Unread(ChildPipes pipes) => [.. pipes.Redirected.Where(pipe => pipe.Reads.Count == 0)];

    /// <summary>Where the first of them is redirected; null where a method that is called does it, for whoever calls it.</summary>
    internal static IOperation? RedirectOf(List<ChildPipe> unread, IOperation started)
    {
        var redirect = unread[0].Redirects[0];
        return redirect.Root().Syntax == started.Root().Syntax || redirect.Root() is not IMethodBodyOperation && redirect.Syntax.SyntaxTree == started.Syntax.SyntaxTree ? redirect : null;
    }

    private static ChildPipe? ReadAt(ChildPipes pipes, IOperation standstill) =>
        pipes.Redirected.FirstOrDefault(pipe => pipe.Reads.Exists(read => read.Ends.Contains(standstill)));
}
