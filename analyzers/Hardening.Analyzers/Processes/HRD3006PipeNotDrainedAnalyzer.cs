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
            if (ProcessTypes.Of(start.Compilation) is { } types)
            {
                start.RegisterOperationActionInTypes(operation => Analyze(operation, types), OperationKind.Invocation, OperationKind.ObjectCreation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, ProcessTypes types)
    {
        if (types.IsStart(context.Operation) && ChildPipes.Of(context.Operation, types) is { } pipes)
        {
            foreach (var (at, mistake) in Mistakes(pipes))
            {
                context.ReportDiagnostic(Diagnostic.Create(Rule, at.Syntax.GetLocation(), Names.Of(context.ContainingSymbol), mistake));
            }
        }
    }

    private static IEnumerable<(IOperation At, string Mistake)> Mistakes(ChildPipes pipes)
    {
        var child = pipes.Process.Local is { } local ? $"'{local.Name}'" : "its child";
        if (FirstStandstill(pipes) is { } standstill)
        {
            var late = string.Join(" and ", Late(pipes, standstill).Select(pipe => pipe.Name));
            yield return (standstill, ReadAt(pipes, standstill) is { } read
                ? $"reads {read.Name} of {child} to its end before {late}"
                : $"waits for {child} before it reads {late}");
        }

        var unread = Unread(pipes);
        if (unread.Count > 0)
        {
            yield return (unread[0].Redirects[0], $"redirects {string.Join(" and ", unread.Select(pipe => pipe.Name))} of {child} and never reads {(unread.Count == 1 ? "it" : "them")}");
        }
    }

    /// <summary>The first place where the method waits, for the exit or for the end of one pipe, while a pipe that it reads later fills up.</summary>
    internal static IOperation? FirstStandstill(ChildPipes pipes) =>
        pipes.Waits.Concat(pipes.Redirected.SelectMany(pipe => pipe.Reads).SelectMany(read => read.Ends))
            .Where(standstill => Late(pipes, standstill).Any())
            .OrderBy(standstill => standstill.Syntax.SpanStart)
            .FirstOrDefault();

    /// <summary>The pipes that are read, but not yet here.</summary>
    internal static IEnumerable<ChildPipe> Late(ChildPipes pipes, IOperation standstill) =>
        pipes.Redirected.Where(pipe => pipe.Reads.Count > 0
            && !pipe.Reads.Exists(read => pipes.IsBefore(read, standstill) || read.Begin == standstill || read.Ends.Contains(standstill)));

    internal static List<ChildPipe> Unread(ChildPipes pipes) => [.. pipes.Redirected.Where(pipe => pipe.Reads.Count == 0)];

    private static ChildPipe? ReadAt(ChildPipes pipes, IOperation standstill) =>
        pipes.Redirected.FirstOrDefault(pipe => pipe.Reads.Exists(read => read.Ends.Contains(standstill)));
}
