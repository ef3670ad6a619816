using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>HRD1007: one lock for all objects makes a thread that uses one of them wait for a thread that uses another.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD1007StaticLockForInstanceStateAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD1007";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not guard the state of one object with a static lock",
        messageFormat: "The static lock '{0}' guards only what each '{1}' has of its own ('{2}'), so threads that use different objects wait for each other",
        category: Categories.Locks,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "All objects of a type share its static lock. If it guards nothing that they share, it only makes them wait for each other. Give each object a lock of its own.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            start.RegisterForMembers(scope => Analyze(scope, facts), OperationKind.Lock, OperationKind.Using, OperationKind.UsingDeclaration, OperationKind.Invocation);
        });
    }

    private static Diagnostic? Analyze(OperationAnalysisContext context, CompilationFacts facts)
    {
        if (TakenBy(context.Operation, facts.Regions) is not IFieldReferenceOperation { Field: { IsStatic: true, DeclaredAccessibility: Accessibility.Private } field } locked
            || !HasOneForEachObject(field.ContainingType)
            || !IsOnlyLock(field, facts.Graph))
        {
            return null;
        }

        var uses = MemberUses.InAllParts(field, facts.Graph).ToList();
        if (uses[0].Syntax != locked.Syntax)
        {
            return null; // Said once, for the first place that takes the lock.
        }

        var state = new InstanceState(field.ContainingType, facts.Graph);
        IOperation? left = null;
        foreach (var use in uses)
        {
            if (left is not null && left.Syntax.SyntaxTree == use.Syntax.SyntaxTree && left.Syntax.Span.Contains(use.Syntax.Span))
            {
                continue;
            }

            if (ScopeThatHolds(use, facts.Regions) is not { } scope
                || Callers.MemberOf(use) is not { IsStatic: false } member
                || !SymbolEqualityComparer.Default.Equals(member.ContainingType.OriginalDefinition, field.ContainingType.OriginalDefinition)
                || !state.IsAllThatIsTouchedBy(scope.Body))
            {
                return null;
            }

            left = scope.Finally ?? left;
        }

        // At the declaration, unless only other documents take the lock.
        var location = field.Locations[0].SourceTree == locked.Syntax.SyntaxTree ? field.Locations[0] : locked.Syntax.GetLocation();
        return Diagnostic.Create(Rule, location, field.Name, field.ContainingType.Name, state.Name);
    }

    private static IOperation? TakenBy(IOperation operation, LockRegions regions) =>
        operation is IInvocationOperation ? LockedTry.Of(operation, regions)?.Lock : regions.ScopeOf(operation)?.Lock;

    // What nobody else can construct is there once.
    private static bool HasOneForEachObject(INamedTypeSymbol type) =>
        type is { TypeKind: TypeKind.Class, IsStatic: false }
        && type.InstanceConstructors.Any(constructor => constructor.DeclaredAccessibility != Accessibility.Private);

    private static bool IsOnlyLock(IFieldSymbol field, CallGraph graph) =>
        field.Type is { SpecialType: SpecialType.System_Object } or { Name: "Lock", ContainingNamespace.Name: "Threading" }
        && MemberUses.Initial(field, graph.ModelOf(field.DeclaringSyntaxReferences[0].SyntaxTree))?.Unwrap() is IObjectCreationOperation;

    // With the finally that leaves the lock, where that names it again.
    private static (IEnumerable<IOperation> Body, IOperation? Finally)? ScopeThatHolds(IOperation use, LockRegions regions)
    {
        for (var parent = use.Parent; parent is not (null or IBlockOperation); parent = parent.Parent)
        {
            if (regions.ScopeOf(parent) is { } scope)
            {
                return scope.Lock.Syntax == use.Syntax ? (scope.Body, null) : null;
            }

            if (LockedTry.Of(parent, regions) is { } taken)
            {
                return taken.Lock.Syntax == use.Syntax ? (taken.Body, taken.Finally) : null;
            }
        }

        return null;
    }
}
