using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>HRD1013: a check before the lock saves time; only the one in the lock makes it right, and only if what is published is finished.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD1013DoubleCheckBrokenAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD1013";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Check again in the lock and publish last",
        messageFormat: "'{0}' {1}",
        category: Categories.Locks,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "Two threads can both see that something is missing before either has the lock, so it must be checked again in the lock. What is published there is used by threads that never take the lock, so it must be finished before.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            start.RegisterOperationAction(context => Analyze(context, facts.Regions), OperationKind.Lock, OperationKind.Using);
        });
    }

    private static void Analyze(OperationAnalysisContext context, LockRegions regions)
    {
        // Under another lock, the first check is no quick look but the real one.
        if (regions.ScopeOf(context.Operation) is not { Body: var bodies } || FirstCheck.Of(context.Operation) is not { } check || regions.ScopesAround(check.Question).Any())
        {
            return;
        }

        var body = bodies.SelectMany(statement => statement.DescendantsInFunction()).ToList();
        if (body.Find(operation => IsPublication(operation, check)) is not { } publication)
        {
            return;
        }

        var name = check.Member.Member.Name;
        var mistake = !IsCheckedAgain(publication, context.Operation, body, check)
            ? IsMadeHere(publication, body, check) ? $"asks for '{name}' before the lock and not again in it, so two threads set it one after the other" : null
            : UnfinishedBy(publication, context.Operation, body, check) is { } rest ? $"sets '{name}' before '{rest}', so threads that do not take the lock use it unfinished" : null;
        if (mistake is not null)
        {
            var target = publication is ISimpleAssignmentOperation assignment ? assignment.Target.Syntax.GetLocation() : publication.Head();
            context.ReportDiagnostic(Diagnostic.Create(Rule, target, context.Operation.FunctionName(context.ContainingSymbol), mistake));
        }
    }

    // _x = new X(), Volatile.Write(ref _x, new X()), _isReady = true
    private static bool IsPublication(IOperation operation, FirstCheck check) => ValueOf(operation, check)?.Unwrap() is { } value
        && (check.IsFlag ? value.ConstantValue is { HasValue: true, Value: true } : value is not IDefaultValueOperation && value.ConstantValue is not { HasValue: true, Value: null });

    private static IOperation? ValueOf(IOperation operation, FirstCheck check) => operation switch
    {
        ISimpleAssignmentOperation assignment when check.IsMember(assignment.Target) => assignment.Value,
        IInvocationOperation { TargetMethod: { Name: "Write", ContainingType.Name: "Volatile" }, Arguments: { Length: 2 } arguments } when check.IsMember(arguments[0].Value) => arguments[1].Value,
        _ => null,
    };

    // Any question before the publication will do: what is asked may be a copy, another field, or the result of a method.
    private static bool IsCheckedAgain(IOperation publication, IOperation scope, List<IOperation> body, FirstCheck check)
    {
        for (var outer = publication.Parent; outer is not null && outer != scope; outer = outer.Parent)
        {
            if (outer is IConditionalOperation or ILoopOperation or ISwitchOperation or ICoalesceOperation or ICoalesceAssignmentOperation)
            {
                return true;
            }
        }

        var value = ValueOf(publication, check)!.Syntax.Span;
        return body.Exists(operation => (operation.Syntax.SpanStart < publication.Syntax.SpanStart || value.Contains(operation.Syntax.Span))
            && (operation is IConditionalOperation or ICoalesceOperation or ISwitchOperation || check.IsMember(operation) && operation.Parent is not (INameOfOperation or IMemberReferenceOperation)));
    }

    private static bool IsMadeHere(IOperation publication, List<IOperation> body, FirstCheck check)
    {
        if (check.IsFlag)
        {
            // A flag alone can be set twice; what it stands for cannot be done twice.
            return body.Exists(operation => operation is IExpressionStatementOperation { Operation: var work } && work switch
            {
                ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation } target, Value: var value } =>
                    !check.IsMember(target) && value.Unwrap() is IObjectCreationOperation or IInvocationOperation,
                IInvocationOperation call => call.Syntax.SpanStart < publication.Syntax.SpanStart && Throwing.NameOf(call) is not null && !MayBeTwice(call.TargetMethod.Name),
                _ => false,
            });
        }

        return ValueOf(publication, check)!.DescendantsAndSelf().Any(operation => operation switch
        {
            IObjectCreationOperation or IArrayCreationOperation or IInvocationOperation or ITypeParameterObjectCreationOperation => true,
            ILocalReferenceOperation { Local: var local } => body.Exists(other =>
                other is IVariableDeclaratorOperation declarator && SymbolEqualityComparer.Default.Equals(declarator.Symbol, local)
                || other is ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var assigned } } && SymbolEqualityComparer.Default.Equals(assigned, local)),
            _ => false,
        });
    }

    private static bool MayBeTwice(string method) => method is "Dispose" or "DisposeAsync" or "Close" or "Cancel" or "Stop" or "Complete" or "Kill" or "Abort" or "Invoke";

    /// <summary>What is done to the object, or to what the flag stands for, after all threads can see it.</summary>
    private static string? UnfinishedBy(IOperation publication, IOperation scope, List<IOperation> body, FirstCheck check)
    {
        var alias = ValueOf(publication, check)!.DescendantsAndSelf().Select(LocalOf).FirstOrDefault(local => local is not null);
        foreach (var statement in body.OfType<IExpressionStatementOperation>())
        {
            if (statement.Syntax.SpanStart < publication.Syntax.Span.End || IsElsewhere(statement, publication))
            {
                continue;
            }

            var work = statement.Operation is IConditionalAccessOperation { WhenNotNull: var called } ? called : statement.Operation;
            if (check.IsFlag ? IsNeeded(work, scope, check) : Fills(work))
            {
                return Names.Of(statement.Operation.Syntax);
            }
        }

        return null;

        bool Fills(IOperation work) => work switch
        {
            IInvocationOperation { Instance: { } instance } call when IsObject(RootOf(instance)) => !IsHarmless(call.TargetMethod.Name),
            IInvocationOperation call => SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, check.Member.Member.ContainingType)
                && call.Arguments.Any(argument => IsObject(argument.Value.Unwrap())) && !IsHarmless(call.TargetMethod.Name),
            IAssignmentOperation { Target: IMemberReferenceOperation or IArrayElementReferenceOperation } assignment => !IsObject(assignment.Target) && IsObject(RootOf(assignment.Target)),
            _ => false,
        };

        bool IsObject(IOperation operation) => check.IsMember(operation) || alias is not null && SymbolEqualityComparer.Default.Equals(LocalOf(operation), alias);
    }

    // The other branch of an if does not run after it.
    private static bool IsElsewhere(IOperation statement, IOperation publication)
    {
        for (var outer = statement.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IConditionalOperation { WhenTrue: var one, WhenFalse: { } other } && one.Syntax.Span.Contains(publication.Syntax.Span) && other.Syntax.Span.Contains(statement.Syntax.Span))
            {
                return true;
            }
        }

        return false;
    }

    // _isReady = true; _data = Load(); while those who see the flag read _data.
    private static bool IsNeeded(IOperation work, IOperation scope, FirstCheck check) =>
        work is ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation } target }
        && !check.IsMember(target)
        && scope.Function().DescendantsInFunction().Any(operation =>
            operation is IMemberReferenceOperation other && LockRegions.AreSame(other, target) && !scope.Syntax.Span.Contains(other.Syntax.Span)
            && !(other.Parent is IAssignmentOperation { Target: var written } && written == other));

    private static ILocalSymbol? LocalOf(IOperation operation) => operation is ILocalReferenceOperation { Local: var local } ? local : null;

    private static IOperation RootOf(IOperation operation)
    {
        while (true)
        {
            var inner = operation switch
            {
                IConditionalAccessInstanceOperation => AccessedBy(operation),
                IMemberReferenceOperation { Instance: { } instance and not IInstanceReferenceOperation } => instance,
                IArrayElementReferenceOperation element => element.ArrayReference,
                IInvocationOperation { Instance: { } instance } => instance,
                IConversionOperation conversion => conversion.Operand,
                _ => null,
            };
            if (inner is null)
            {
                return operation;
            }

            operation = inner;
        }
    }

    private static IOperation? AccessedBy(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            if (parent is IConditionalAccessOperation access)
            {
                return access.Operation;
            }

            operation = parent;
        }

        return null;
    }

    private static bool IsHarmless(string method) =>
        method is "ToString" or "GetType" or "GetHashCode" or "Equals" or "Dispose"
        || method.StartsWith("Log", StringComparison.Ordinal) || method is "Debug" or "Trace" or "Info" or "Information" or "Warn" or "Warning" or "Error";
}
