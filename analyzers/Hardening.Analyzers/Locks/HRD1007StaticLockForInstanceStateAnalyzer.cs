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
            var regions = CompilationFacts.Of(start.Compilation, start.Options).Regions;
            start.RegisterForMembers(scope => Analyze(scope, regions), OperationKind.Lock, OperationKind.Using, OperationKind.UsingDeclaration);
        });
    }

    private static Diagnostic? Analyze(OperationAnalysisContext context, LockRegions regions)
    {
        if (regions.ScopeOf(context.Operation) is not { Lock: IFieldReferenceOperation { Field: { IsStatic: true } field } locked }
            || context.Operation.SemanticModel is not { } model
            || !MemberUses.AreAllIn(model.SyntaxTree, field)
            || !HasOneForEachObject(field.ContainingType)
            || !IsOnlyLock(field, model))
        {
            return null;
        }

        var uses = MemberUses.Of(field, model).ToList();
        if (uses[0].Syntax.Span != locked.Syntax.Span)
        {
            return null; // Said once, for the first place that takes the lock.
        }

        var state = new InstanceState(field.ContainingType, model);
        foreach (var use in uses)
        {
            if (ScopeThatHolds(use, regions) is not { } scope
                || MemberAround(use.Syntax, model) is not { IsStatic: false } member
                || !SymbolEqualityComparer.Default.Equals(member.ContainingType.OriginalDefinition, field.ContainingType.OriginalDefinition)
                || !state.IsAllThatIsTouchedBy(scope.Body))
            {
                return null;
            }
        }

        return Diagnostic.Create(Rule, field.Locations[0], field.Name, field.ContainingType.Name, state.Name);
    }

    // What nobody else can construct is there once.
    private static bool HasOneForEachObject(INamedTypeSymbol type) =>
        type is { TypeKind: TypeKind.Class, IsStatic: false }
        && type.InstanceConstructors.Any(constructor => constructor.DeclaredAccessibility != Accessibility.Private);

    private static bool IsOnlyLock(IFieldSymbol field, SemanticModel model) =>
        field.Type is { SpecialType: SpecialType.System_Object } or { Name: "Lock", ContainingNamespace.Name: "Threading" }
        && MemberUses.Initial(field, model)?.Unwrap() is IObjectCreationOperation;

    private static (IOperation Lock, IEnumerable<IOperation> Body)? ScopeThatHolds(IOperation use, LockRegions regions)
    {
        for (var parent = use.Parent; parent is not (null or IBlockOperation); parent = parent.Parent)
        {
            if (regions.ScopeOf(parent) is { } scope)
            {
                return scope.Lock.Syntax.Span == use.Syntax.Span ? scope : null;
            }
        }

        return null;
    }

    private static ISymbol? MemberAround(SyntaxNode node, SemanticModel model)
    {
        var symbol = model.GetEnclosingSymbol(node.SpanStart);
        while (symbol is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction })
        {
            symbol = symbol.ContainingSymbol;
        }

        return symbol;
    }
}
