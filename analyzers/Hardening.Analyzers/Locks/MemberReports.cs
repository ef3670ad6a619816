using System.Collections.Concurrent;

namespace Hardening.Analyzers.Locks;

/// <summary>
/// Findings at the declaration of a member that are made where it is used: said at the end of their type. What an action reports outside of its
/// own member an editor drops.
/// </summary>
internal static class MemberReports
{
    public static void RegisterForMembers(
        this CompilationStartAnalysisContext start, Func<OperationAnalysisContext, Diagnostic?> find, params OperationKind[] kinds)
    {
        var all = ImmutableArray.Create(kinds);
        start.RegisterSymbolStartAction(
            type =>
            {
                var found = new ConcurrentBag<Diagnostic>();
                var parts = type.Symbol.DeclaringSyntaxReferences;
                type.RegisterOperationAction(
                    operation =>
                    {
                        if (find(operation) is not { } diagnostic)
                        {
                            return;
                        }

                        if (operation.Operation.Syntax.Span.Contains(diagnostic.Location.SourceSpan)
                            || !parts.Any(part => part.SyntaxTree == diagnostic.Location.SourceTree && part.Span.Contains(diagnostic.Location.SourceSpan)))
                        {
                            operation.ReportDiagnostic(diagnostic);
                        }
                        else
                        {
                            found.Add(diagnostic);
                        }
                    },
                    all);
                type.RegisterSymbolEndAction(end =>
                {
                    foreach (var diagnostic in found)
                    {
                        end.ReportDiagnostic(diagnostic);
                    }
                });
            },
            SymbolKind.NamedType);
    }
}
