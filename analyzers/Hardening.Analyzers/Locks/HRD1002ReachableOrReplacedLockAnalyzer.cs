using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>HRD1002: a lock that strangers can take, or whose object is replaced, cannot be reasoned about from its own type.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD1002ReachableOrReplacedLockAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD1002";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Keep the lock object private and for good",
        messageFormat: "The lock '{0}' {1}",
        category: Categories.Locks,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "Whoever can reach a lock object can hold it for as long as they like, and threads that lock on an object and on what replaced it do not exclude each other. Lock on a private readonly field that no member hands out.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            var sites = new LockSites(start.Compilation, facts);
            var objects = new LockObjects(start.Compilation.Assembly, facts.Graph, sites);
            start.RegisterForMembers(operation => Analyze(operation, sites, objects), OperationKind.Lock, OperationKind.Invocation);
        });
    }

    private static Diagnostic? Analyze(OperationAnalysisContext context, LockSites sites, LockObjects objects)
    {
        return sites.TakenBy(context.Operation) is { } locked
            && LockFacts.WhyExcludesNobody(locked, context.ContainingSymbol) is null
            && MemberBehind(locked, context.ContainingSymbol) is { } member
            && !(LockObjects.ReturnedField(member) is { } field && sites.IsLockedAtHome(field))
            && objects.WhyUnsafe(member) is { } reason
            && sites.SpeaksFor(member, locked) is { } location
                ? Diagnostic.Create(Rule, location, member.Name, reason)
                : null;
    }

    // What is a string or a type is another rule's to say.
    private static ISymbol? MemberBehind(IOperation locked, ISymbol owner)
    {
        var value = LockFacts.Unwrap(locked);
        if (value is ILocalReferenceOperation { Local: var local } && LocalLife.Of(local, value, owner) is { } life)
        {
            value = LockFacts.Unwrap(life.Value);
        }

        return value switch
        {
            { Type: { SpecialType: SpecialType.System_String } or { Name: "Type", ContainingNamespace.Name: "System" } } => null,
            IFieldReferenceOperation { Field: var field } => field.OriginalDefinition,
            IPropertyReferenceOperation { Property: { IsIndexer: false } property } => property.OriginalDefinition,
            _ => null,
        };
    }
}
