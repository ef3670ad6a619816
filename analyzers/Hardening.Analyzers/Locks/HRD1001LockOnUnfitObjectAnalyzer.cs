using System.Reflection;
using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>HRD1001: a lock that everyone can take cannot be reasoned about, and one that nobody else can take guards nothing.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD1001LockOnUnfitObjectAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD1001";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Lock on a private object of its own",
        messageFormat: "Locking on '{0}' {1}",
        category: Categories.Locks,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A lock that other code can take cannot be reasoned about from this class alone, and a lock that no other thread can take guards nothing. Lock on a private readonly field.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var locks = CompilationFacts.Of(start.Compilation, start.Options).Locks;
            start.RegisterOperationAction(context => AnalyzeLock(context, locks), OperationKind.Lock, OperationKind.Invocation);
            start.RegisterSymbolAction(AnalyzeMethod, SymbolKind.Method);
        });
    }

    private static void AnalyzeLock(OperationAnalysisContext context, LockFacts locks)
    {
        if (locks.TakenBy(context.Operation) is { } locked && WhyUnfit(locked, context.ContainingSymbol) is { } reason)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, locked.Syntax.GetLocation(), LockFacts.Unwrap(locked).Syntax.ToString(), reason));
        }
    }

    // The runtime takes the lock around the whole method: on the object, or on the type if the method is static.
    private static void AnalyzeMethod(SymbolAnalysisContext context)
    {
        var method = (IMethodSymbol)context.Symbol;
        if ((method.MethodImplementationFlags & MethodImplAttributes.Synchronized) != 0
            && method.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.Name == "MethodImplAttribute")?.ApplicationSyntaxReference is { } syntax)
        {
            var (locked, reason) = method.IsStatic ? ($"typeof({method.ContainingType.Name})", EveryoneByType) : ("this", EveryoneWith(method.ContainingType));
            context.ReportDiagnostic(Diagnostic.Create(Rule, Location.Create(syntax.SyntaxTree, syntax.Span), locked, reason));
        }
    }

    private static string? WhyUnfit(IOperation locked, ISymbol owner)
    {
        if (LockFacts.WhyExcludesNobody(locked, owner) is { } nobody)
        {
            return nobody;
        }

        var value = LockFacts.Unwrap(locked);
        if (value is ILocalReferenceOperation { Local: var local } && LocalLife.Of(local, value, owner) is { } life)
        {
            value = LockFacts.Unwrap(life.Value);
        }

        return value switch
        {
            IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance, Type: { } type } => EveryoneWith(type),
            IInvocationOperation { TargetMethod: { Name: "GetType", ContainingType.SpecialType: SpecialType.System_Object } } =>
                EveryoneByType + ", and a derived class takes another",
            { Type.SpecialType: SpecialType.System_String } => "lets any code take the same lock: equal strings can be one object",
            { Type: { } type } when IsSystemType(type) => EveryoneByType,
            _ => null,
        };
    }

    private const string EveryoneByType = "lets any code in the process take the same lock";

    private static string EveryoneWith(ITypeSymbol type) => $"lets any code that holds the '{type.Name}' take the same lock";

    private static bool IsSystemType(ITypeSymbol type)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (t is { Name: "Type", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } })
            {
                return true;
            }
        }

        return false;
    }
}
