using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Processes;

/// <summary>
/// What stands between <c>new Process()</c> and its <c>Start()</c>. A supervised process starts when it is made, so its handlers come after the start. They miss nothing:
/// no line is raised before BeginOutputReadLine, and no exit before EnableRaisingEvents, which therefore comes last.
/// </summary>
internal sealed class EarlyHandlers
{
    private EarlyHandlers(ExpressionSyntax child) => Child = child;

    /// <summary>What the child is called where it is started.</summary>
    public ExpressionSyntax Child { get; }

    /// <summary>The statements that add a handler.</summary>
    public List<StatementSyntax> Added { get; } = [];

    /// <summary>The statements that have the exit raised.</summary>
    public List<StatementSyntax> Raised { get; } = [];

    /// <summary>All others: they stay before the start.</summary>
    public List<StatementSyntax> Others { get; } = [];

    /// <summary>The exit is to be raised, and by a new statement: it was not the last that was said.</summary>
    public bool RaisesAnew { get; private set; }

    /// <summary>Null where something could not come later: its value is computed.</summary>
    public static EarlyHandlers? Of(List<StatementSyntax> early, ExpressionStatementSyntax start, SupervisedFamily family, bool raises, ProcessTypes types, SemanticModel model)
    {
        if (start.Expression is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var child } })
        {
            return null;
        }

        var handlers = new EarlyHandlers(child);
        foreach (var statement in early)
        {
            var operation = (model.GetOperation(statement) as IExpressionStatementOperation)?.Operation;
            switch (operation)
            {
                case IEventAssignmentOperation { Adds: true, EventReference: IEventReferenceOperation { Instance: { } instance }, HandlerValue: var handler } when family.Uses.Contains(instance):
                    if (!IsPlain(handler))
                    {
                        return null;
                    }

                    handlers.Added.Add(statement);
                    break;
                case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: var property, Instance: { } instance }, Value.ConstantValue: { HasValue: true, Value: true } }
                    when types.IsMember(property, "EnableRaisingEvents") && family.Uses.Contains(instance):
                    handlers.Raised.Add(statement);
                    break;
                default:
                    handlers.Others.Add(statement);
                    break;
            }
        }

        handlers.RaisesAnew = raises || handlers.Raised.Count > 0 && handlers.Raised[handlers.Raised.Count - 1] != early[early.Count - 1];
        return handlers;
    }

    private static bool IsPlain(IOperation handler) => handler.Unwrap() switch
    {
        IDelegateCreationOperation created => created.Target is IAnonymousFunctionOperation or IMethodReferenceOperation { Instance: null or IInstanceReferenceOperation },
        ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } => true,
        _ => false,
    };
}
