using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Threads;

/// <summary>How the type around a queue writes to such queues.</summary>
internal sealed class Writers(SyntaxNode queue, SemanticModel model, CancellationToken cancellationToken)
{
    /// <summary>
    /// A writer does not look whether its item was taken, or does not wait until it is: once the queue is full, items are lost, or pile up before it.
    /// Or one function fills the queue and empties it afterwards: once it is full, that function waits for itself.
    /// </summary>
    public bool CannotWait
    {
        get
        {
            var scope = queue.FirstAncestorOrSelf<TypeDeclarationSyntax>() ?? queue.SyntaxTree.GetRoot(cancellationToken);
            var variable = Variable();
            var (writing, reading) = (new HashSet<SyntaxNode>(), new HashSet<SyntaxNode>());
            foreach (var syntax in scope.DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                if (model.GetOperation(syntax, cancellationToken) is not IInvocationOperation call || !IsOfQueue(call.TargetMethod.ContainingType))
                {
                    continue;
                }

                // A writer that was handed on may be of this queue.
                var receiver = Receiver(call);
                var isOther = receiver is null || !SymbolEqualityComparer.Default.Equals(receiver, variable);
                if (isOther && !call.TargetMethod.ContainingType.Name.EndsWith("Writer", StringComparison.Ordinal) || isOther && IsOfChannel(receiver))
                {
                    continue;
                }

                switch (call.TargetMethod.Name)
                {
                    case "TryWrite" or "WriteAsync" or "TryAdd" or "Post" or "SendAsync" when IsIgnored(call):
                        return true;
                    case "TryWrite" or "WriteAsync" or "Add" or "TryAdd" or "Post" or "SendAsync":
                        writing.Add(call.Function().Syntax);
                        break;
                    case "ReadAsync" or "TryRead" or "ReadAllAsync" or "WaitToReadAsync" or "Take" or "TryTake" or "GetConsumingEnumerable"
                        or "Receive" or "ReceiveAsync" or "TryReceive" or "TryReceiveAll" or "ReceiveAllAsync" or "OutputAvailableAsync":
                        reading.Add(call.Function().Syntax);
                        break;
                }
            }

            return writing.Overlaps(reading);
        }
    }

    private ISymbol? Variable() => queue.AncestorsAndSelf().Select(node => node switch
    {
        VariableDeclaratorSyntax or PropertyDeclarationSyntax => model.GetDeclaredSymbol(node, cancellationToken),
        AssignmentExpressionSyntax assignment => model.GetSymbolInfo(assignment.Left, cancellationToken).Symbol,
        _ => null,
    }).FirstOrDefault(symbol => symbol is not null);

    // The variable behind channel.Writer; of an extension method, the first argument.
    private static ISymbol? Receiver(IInvocationOperation call)
    {
        var receiver = (call.Instance ?? call.Arguments.FirstOrDefault()?.Value)?.Unwrap();
        while (receiver is IPropertyReferenceOperation { Property.Name: "Writer" or "Reader", Instance: { } channel })
        {
            receiver = channel.Unwrap();
        }

        return receiver switch
        {
            ILocalReferenceOperation local => local.Local,
            IParameterReferenceOperation parameter => parameter.Parameter,
            IMemberReferenceOperation member => member.Member,
            _ => null,
        };
    }

    private static bool IsOfChannel(ISymbol? variable) =>
        variable is ILocalSymbol { Type.Name: "Channel" } or IFieldSymbol { Type.Name: "Channel" } or IPropertySymbol { Type.Name: "Channel" } or IParameterSymbol { Type.Name: "Channel" };

    private static bool IsOfQueue(INamedTypeSymbol type) => type is { Name: "ChannelWriter" or "ChannelReader" or "BlockingCollection" }
        || type.ContainingNamespace?.ToDisplayString() == "System.Threading.Tasks.Dataflow";

    private static bool IsIgnored(IInvocationOperation call) => call.Parent switch
    {
        IExpressionStatementOperation => true,
        IConditionalAccessOperation { Parent: IExpressionStatementOperation } => true,
        ISimpleAssignmentOperation { Target: IDiscardOperation } => true,
        // A lambda that returns nothing: () => writer.TryWrite(item)
        IReturnOperation { ReturnedValue: null } => true,
        _ => false,
    };
}
