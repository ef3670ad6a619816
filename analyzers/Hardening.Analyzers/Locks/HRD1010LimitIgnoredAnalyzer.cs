using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>HRD1010: a wait with a limit says whether it got what it waited for; who does not ask goes on without it when the machine is slow.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD1010LimitIgnoredAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD1010";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Ask whether a wait with a limit succeeded",
        messageFormat: "'{0}' does not ask whether '{1}' {2}",
        category: Categories.Locks,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "TryEnter, Wait and WaitOne with a limit return false when the time is up. Code that goes on then runs without the lock, and a release gives back what was never taken.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var calls = new LockCalls(start.Compilation);
            start.RegisterOperationAction(context => Analyze(context, calls), OperationKind.Invocation);
        });
    }

    private static void Analyze(OperationAnalysisContext context, LockCalls calls)
    {
        var call = (IInvocationOperation)context.Operation;
        var mistake = calls.Of(call) is { } attempt
            ? attempt.IsIgnored ? MistakeOf(attempt, calls) : null
            : call.TargetMethod.Name is "Wait" or "WaitOne" && UsedAfter(call) is { } used ? $"timed out, and uses '{used}', which may not be there yet" : null;
        if (mistake is not null)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rule, call.Head(), call.FunctionName(context.ContainingSymbol), Named(call), mistake));
        }
    }

    private static string? MistakeOf(LockCall attempt, LockCalls calls)
    {
        var function = attempt.Call.Function();
        var name = Names.Of(attempt.Lock.Syntax);
        if (calls.ReleasesOf(attempt, function).Exists(release => release.Call.Syntax.SpanStart > attempt.Call.Syntax.SpanStart && !IsNextStatement(attempt.Call, release.Call)))
        {
            return attempt.IsSemaphore && IsSignal(attempt, function) ? null : $"took '{name}', and releases it all the same";
        }

        return !attempt.IsSemaphore && IsFollowedByWork(attempt.Call) ? $"took '{name}', and goes on as if it had" : null;
    }

    private static bool IsSignal(LockCall attempt, IOperation function) =>
        Semaphores.BeginsEmpty(attempt.Lock) || HandOvers.IsReleasedElsewhere(attempt.Lock, function.Syntax);

    // signal.Wait(0); signal.Release(); leaves a signal set once, however often it was set before.
    private static bool IsNextStatement(IOperation attempt, IOperation release) =>
        StatementOf(attempt) is { Parent: IBlockOperation { Operations: var statements } } first
        && statements.IndexOf(first) + 1 is var next && next < statements.Length && statements[next] == StatementOf(release);

    private static IOperation? StatementOf(IOperation operation)
    {
        var statement = operation;
        while (statement is not null and not IExpressionStatementOperation)
        {
            statement = statement.Parent;
        }

        return statement;
    }

    private static bool IsFollowedByWork(IOperation attempt)
    {
        for (var node = attempt; node.Parent is { } parent and not (IAnonymousFunctionOperation or ILocalFunctionOperation); node = parent)
        {
            if (parent is IBlockOperation { Operations: var statements }
                && statements.SkipWhile(statement => statement != node).Skip(1).Any(statement => statement is not (IBranchOperation or IEmptyOperation or ILocalFunctionOperation or IReturnOperation { ReturnedValue: null })))
            {
                return true;
            }
        }

        return false;
    }

    // done.WaitOne(5000); Use(result); where the lambda that sets 'done' has written 'result'. Both are locals, so nothing else can have done it.
    private static string? UsedAfter(IInvocationOperation wait)
    {
        if (wait is not { Instance: ILocalReferenceOperation { Local: var done }, Parent: IExpressionStatementOperation, TargetMethod.ReturnType.SpecialType: SpecialType.System_Boolean }
            || done.Type.Name is not ("ManualResetEvent" or "AutoResetEvent" or "EventWaitHandle" or "ManualResetEventSlim" or "CountdownEvent")
            || !wait.Arguments.Any(argument => argument.Parameter?.Type is { SpecialType: SpecialType.System_Int32 } or { Name: nameof(TimeSpan) } && argument.Value.ConstantValue.Value is not -1))
        {
            return null;
        }

        var function = wait.Function();
        foreach (var signal in References.Of(done, wait).Where(use => use.Parent is IInvocationOperation { TargetMethod.Name: "Set" or "Signal" } && use.Function() != function))
        {
            foreach (var write in signal.Function().DescendantsInFunction().OfType<ISimpleAssignmentOperation>())
            {
                if (write.Target is ILocalReferenceOperation { Local: var result } && References.Of(result, wait).ToList() is var uses && uses.Exists(use => use.Function() == function || IsDeclaredIn(result, function)))
                {
                    var later = uses.Where(use => use.Function() == function && use.Syntax.SpanStart > wait.Syntax.SpanStart).ToList();
                    if (later.Count > 0 && later.TrueForAll(IsUse))
                    {
                        return result.Name;
                    }
                }
            }
        }

        return null;
    }

    private static bool IsDeclaredIn(ILocalSymbol local, IOperation function) =>
        local.DeclaringSyntaxReferences.All(declared => function.Syntax.Span.Contains(declared.Span));

    // A question whether it is there, and a result that the caller may ask, are not uses.
    private static bool IsUse(IOperation reference) => reference.Parent switch
    {
        IConversionOperation conversion => IsUse(conversion),
        IMemberReferenceOperation or IArgumentOperation or IInterpolationOperation or IForEachLoopOperation or IArrayElementReferenceOperation => true,
        IInvocationOperation call => call.Instance == reference,
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.Multiply or BinaryOperatorKind.Divide } => true,
        _ => false,
    };

    private static string Named(IInvocationOperation call) =>
        call.TargetMethod.IsStatic || call.Instance is null or IConditionalAccessInstanceOperation ? $"{call.TargetMethod.ContainingType.Name}.{call.TargetMethod.Name}" : $"{Names.Of(call.Instance.Syntax)}.{call.TargetMethod.Name}";
}
