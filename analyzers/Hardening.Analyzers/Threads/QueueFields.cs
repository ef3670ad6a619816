using System.Collections.Concurrent;
using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>The queues that types keep in private fields, with what these types and those nested in them do with them. Filled by several threads at once.</summary>
internal sealed class QueueFields(Func<ITypeSymbol, bool> isQueue)
{
    private readonly ConcurrentDictionary<ISymbol, QueueUse> _fields = new(SymbolEqualityComparer.Default);

    /// <summary>
    /// The operations of a nested type are not those of the type around it, and it ends before that:
    /// so each type adds to the queues of all that are around it, and only a field's own type tells what was found.
    /// </summary>
    public void Collect(SymbolStartAnalysisContext context, Action<SymbolAnalysisContext, IFieldSymbol, QueueUse> atEnd)
    {
        var own = (INamedTypeSymbol)context.Symbol;
        var isAny = false;
        for (var type = own; type is not null; type = type.ContainingType)
        {
            foreach (var member in type.GetMembers())
            {
                if (member is IFieldSymbol { DeclaredAccessibility: Accessibility.Private } field && isQueue(field.Type))
                {
                    isAny = true;
                    var use = _fields.GetOrAdd(field, static _ => new QueueUse());
                    if (SymbolEqualityComparer.Default.Equals(type, own))
                    {
                        context.RegisterSymbolEndAction(end => atEnd(end, field, use));
                    }
                }
            }
        }

        if (isAny)
        {
            context.RegisterOperationAction(
                operation =>
                {
                    var reference = (IFieldReferenceOperation)operation.Operation;
                    if (_fields.TryGetValue(reference.Field.OriginalDefinition, out var use))
                    {
                        use.Add(reference, operation.ContainingSymbol, place: operation.ContainingSymbol);
                    }
                },
                OperationKind.FieldReference);
        }
    }
}
