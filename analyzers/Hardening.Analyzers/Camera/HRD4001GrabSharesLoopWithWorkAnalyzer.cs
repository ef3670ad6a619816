using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Camera;

/// <summary>HRD4001: while the loop works on a frame it takes none, and the driver, which has a few buffers, drops the next ones without a word.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD4001GrabSharesLoopWithWorkAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD4001";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Take the work on frames out of the loop that grabs them",
        messageFormat: "'{0}' grabs frames and works on them in one loop: during '{1}' it takes none, and the driver drops or ages the next ones uncounted",
        category: Categories.Camera,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A driver has a few buffers. A loop that works on a frame before it takes the next one leaves them full whenever the work, a disk or a collection takes longer than usual: frames are lost, or old ones are worked on, and nothing counts either. A loop that only grabs, and hands each frame on through a bounded queue, keeps the pace and decides itself what is dropped.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (Captures.Of(start.Compilation) is { } captures)
            {
                var facts = CompilationFacts.Of(start.Compilation, start.Options);
                var work = new Lazy<FrameWork>(() => new FrameWork(captures, facts, start.Compilation));
                start.RegisterOperationActionInTypes(call => Analyze(call, captures, facts, work), OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, Captures captures, CompilationFacts facts, Lazy<FrameWork> work)
    {
        var place = (IInvocationOperation)context.Operation;
        if ((captures.GrabOf(place) ?? Behind(place, context.Compilation, work)) is { } grab
            && GrabLoop.Of(grab, place, work.Value) is { } found
            && IsFirst(place, found, captures, work.Value)
            && CaptureSource.OfGrab(grab, captures, facts.Graph) is SourceKind.Device or SourceKind.Network
            && !IsReadByFrame(place)
            && !KeepsTheLatest(grab))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, Keyword(found.Loop.Syntax), place.FunctionName(context.ContainingSymbol), found.Work));
        }
    }

    // A call of a method of this compilation that grabs: while (_camera.Next(frame)) { … }
    private static Grab? Behind(IInvocationOperation call, Compilation compilation, Lazy<FrameWork> work) =>
        call.TargetMethod.MethodKind != MethodKind.DelegateInvoke
        && SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingAssembly, compilation.Assembly)
        && GrabOutcome.LoopThatRepeats(call) is not null
            ? work.Value.GrabBehind(call)
            : null;

    // Two grabs in one loop are one mistake.
    private static bool IsFirst(IOperation place, GrabLoop found, Captures captures, FrameWork work)
    {
        foreach (var operation in found.Loop.DescendantsInFunction())
        {
            if (operation.Syntax.SpanStart < place.Syntax.SpanStart && operation is IInvocationOperation call
                && (captures.GrabOf(call) ?? work.GrabBehind(call)) is { } earlier && GrabLoop.Of(earlier, call, work)?.Loop == found.Loop)
            {
                return false;
            }
        }

        return true;
    }

    // capture.FrameCount, capture.PosFrames: a recording, of which nothing is lost.
    private static bool IsReadByFrame(IOperation place) => place.Function().Descendants().Any(operation =>
        operation is IMemberReferenceOperation { Member.Name: "FrameCount" or "PosFrames" or "PosMsec" or "PosAviRatio" });

    // The libraries of camera makers can replace the frames that nobody took by the latest one, and count them.
    private static bool KeepsTheLatest(Grab grab) =>
        grab.IsVendor && (Mentions.Any("LatestImages", grab.Call.Syntax.SyntaxTree) || Mentions.Any("NewestOnly", grab.Call.Syntax.SyntaxTree));

    private static Location Keyword(SyntaxNode loop) => loop switch
    {
        WhileStatementSyntax each => each.WhileKeyword.GetLocation(),
        DoStatementSyntax each => each.DoKeyword.GetLocation(),
        ForStatementSyntax each => each.ForKeyword.GetLocation(),
        CommonForEachStatementSyntax each => each.ForEachKeyword.GetLocation(),
        _ => loop.GetFirstToken().GetLocation(),
    };
}
