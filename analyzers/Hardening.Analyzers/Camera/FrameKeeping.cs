using System.Collections.Concurrent;
using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Camera;

/// <summary>What keeps a frame beyond the code that got it: a field, a collection, a queue, a task, a method or object that does one of these.</summary>
internal sealed class FrameKeeping(FrameTypes types, CompilationFacts facts, Compilation compilation)
{
    // Helpers of helpers.
    private const int MostCalls = 3;

    private readonly ConcurrentDictionary<(IParameterSymbol Parameter, int Calls), bool> _parameters = new();
    private readonly StartedFrames _started = new(types, compilation);

    public IEnumerable<KeptFrame> By(IOperation operation) => By(operation, MostCalls);

    private IEnumerable<KeptFrame> By(IOperation operation, int calls) => operation switch
    {
        IAssignmentOperation assignment => ByAssignment(assignment, calls),
        IInvocationOperation call => ByCall(call, calls),
        IObjectCreationOperation creation => _started.ByThread(creation),
        _ => [],
    };

    private IEnumerable<KeptFrame> ByAssignment(IAssignmentOperation assignment, int calls) =>
        ContainerOf(assignment.Target) is { } container && !IsSetAgain(assignment, container)
            ? FramesIn(assignment.Value, calls).Select(frame => new KeptFrame(frame, container, $"in '{Names.Of(NameOf(container))}'"))
            : [];

    private static IOperation? ContainerOf(IOperation target) => target switch
    {
        // Of an object that is being made, which is where the whole is kept.
        IMemberReferenceOperation { Instance: IInstanceReferenceOperation { ReferenceKind: not InstanceReferenceKind.ContainingTypeInstance } } => null,
        IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } collection } => collection,
        IArrayElementReferenceOperation { ArrayReference: var array } => array,
        IFieldReferenceOperation or IPropertyReferenceOperation => target,
        _ => null,
    };

    // _current = frame; Work(); _current = null;
    private static bool IsSetAgain(IAssignmentOperation assignment, IOperation container) =>
        assignment.Target == container
        && assignment.Function().DescendantsInFunction().OfType<ISimpleAssignmentOperation>().Any(other =>
            other.Syntax.SpanStart > assignment.Syntax.SpanStart
            && other.Target is IMemberReferenceOperation { Member: var set }
            && SymbolEqualityComparer.Default.Equals(set, ((IMemberReferenceOperation)container).Member)
            && other.Value.Unwrap() is { ConstantValue: { HasValue: true, Value: null } } or IDefaultValueOperation);

    private IEnumerable<KeptFrame> ByCall(IInvocationOperation call, int calls)
    {
        var method = call.TargetMethod;
        if (Store(call) is { } container)
        {
            foreach (var frame in call.Arguments.Where(argument => argument.Value != container).SelectMany(argument => FramesIn(argument.Value, calls)))
            {
                yield return new KeptFrame(frame, container, $"in '{Names.Of(NameOf(container))}'");
            }
        }
        else if (method.ContainingType.Name is "Interlocked" or "Volatile" && method.Name is "Exchange" or "Write" && call.Arguments.Length == 2 && call.Arguments[0].Value is IMemberReferenceOperation member)
        {
            foreach (var frame in FramesIn(call.Arguments[1].Value, calls))
            {
                yield return new KeptFrame(frame, member, $"in '{member.Member.Name}'");
            }
        }
        else
        {
            foreach (var frame in _started.ByCall(call))
            {
                yield return frame;
            }

            foreach (var argument in call.Arguments)
            {
                if (calls > 0 && IsFrameOrAddress(argument.Parameter?.Type) && IsKeptBy(call, argument.Parameter!.Ordinal, calls) is { } target)
                {
                    yield return new KeptFrame(argument.Value.Unwrap(), container: null, $"to '{target.Name}', which keeps it");
                }
            }
        }
    }

    // The method of this compilation that the call runs, if it keeps that argument.
    private IMethodSymbol? IsKeptBy(IInvocationOperation call, int ordinal, int calls) =>
        facts.Graph.TargetOf(call) is { } target && ordinal < target.Parameters.Length && IsKept(target.Parameters[ordinal], calls - 1) ? target : null;

    private bool IsFrameOrAddress(ITypeSymbol? type) => types.IsFrame(type) || FrameTypes.IsAddress(type);

    // The collection or queue that the call puts its arguments into.
    private static IOperation? Store(IInvocationOperation call)
    {
        if (call.TargetMethod.Name is not ("Add" or "TryAdd" or "Enqueue" or "Push" or "AddFirst" or "AddLast" or "Insert" or "TryWrite" or "WriteAsync" or "Post" or "SendAsync" or "AddOrUpdate"))
        {
            return null;
        }

        // In an initializer the collection is one that is being made; it counts where that is kept.
        if (call.Instance is IInstanceReferenceOperation { ReferenceKind: not InstanceReferenceKind.ContainingTypeInstance })
        {
            return null;
        }

        var container = call.Instance ?? (call.TargetMethod.IsExtensionMethod ? call.Arguments.FirstOrDefault()?.Value : null);
        var space = call.TargetMethod.ContainingType.ContainingNamespace.ToDisplayString();
        return space is "System.Collections.Generic" or "System.Collections.Concurrent" or "System.Collections" or "System.Collections.ObjectModel"
            or "System.Threading.Channels" or "System.Threading.Tasks.Dataflow"
                ? container?.Unwrap()
                : null;
    }

    // _frames.Writer is named by the channel.
    private static SyntaxNode NameOf(IOperation container) => container switch
    {
        IPropertyReferenceOperation { Property.Name: "Writer", Instance: { } channel } => channel.Syntax,
        _ => container.Syntax,
    };

    // The frames that are kept when the value is: itself, or those that a tuple, record or array is made of.
    private IEnumerable<IOperation> FramesIn(IOperation value, int calls)
    {
        value = value.Unwrap();
        return value switch
        {
            _ when IsFrameOrAddress(value.Type) && value is not (IConditionalOperation or ICoalesceOperation) => [value],
            ITupleOperation tuple => tuple.Elements.SelectMany(element => FramesIn(element, calls)),
            IConditionalOperation { WhenFalse: { } otherwise } conditional => FramesIn(conditional.WhenTrue, calls).Concat(FramesIn(otherwise, calls)),
            ICoalesceOperation coalesce => FramesIn(coalesce.Value, calls).Concat(FramesIn(coalesce.WhenNull, calls)),
            IArrayCreationOperation { Initializer: { } elements } => elements.ElementValues.SelectMany(element => FramesIn(element, calls)),
            IAnonymousObjectCreationOperation made => Set(made.Initializers, calls),
            IObjectCreationOperation made => made.Arguments.Where(argument => argument.Parameter is { } parameter && Takes(parameter, calls)).SelectMany(argument => FramesIn(argument.Value, calls))
                .Concat(made.Initializer is { Initializers: var set } ? Set(set, calls) : []),
            // The pixels of a frame as an array or a Memory, and a Bitmap that an event brings.
            IPropertyReferenceOperation when types.ViewOf(value) is not null || IsFrameOfEvent(value) => [value],
            ILocalReferenceOperation { Local: var local } when LocalSources.Of(local, value).Take(2).ToList() is { Count: 1 } sources && sources[0].Unwrap() is IPropertyReferenceOperation source && (types.ViewOf(source) is not null || IsFrameOfEvent(source)) => [value],
            _ => [],
        };
    }

    private bool IsFrameOfEvent(IOperation value) => value is IPropertyReferenceOperation { Property.Name: "Frame", Instance.Type: { } arguments } && types.IsGrab(arguments);

    private IEnumerable<IOperation> Set(ImmutableArray<IOperation> initializers, int calls) =>
        initializers.SelectMany(initializer => initializer switch
        {
            ISimpleAssignmentOperation set => FramesIn(set.Value, calls),
            IInvocationOperation add => add.Arguments.SelectMany(argument => FramesIn(argument.Value, calls)),
            _ => [],
        });

    // A constructor of the framework keeps what it gets: a pair, a tuple. One of this compilation is read.
    private bool Takes(IParameterSymbol parameter, int calls) =>
        parameter.ContainingType.IsTupleType || parameter.ContainingType.IsRecord
        || (parameter.ContainingType.DeclaringSyntaxReferences.IsEmpty ? parameter.ContainingType.IsGenericType : calls > 0 && IsKept(parameter.OriginalDefinition, calls - 1));

    private bool IsKept(IParameterSymbol parameter, int calls) =>
        _parameters.TryGetValue((parameter, calls), out var kept) ? kept : _parameters.GetOrAdd((parameter, calls), FindKept(parameter, calls));

    private bool FindKept(IParameterSymbol parameter, int calls)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol method)
        {
            return false;
        }

        if (facts.Graph.AnyBodyOf(method) is not { } body)
        {
            return method is { MethodKind: MethodKind.Constructor, DeclaringSyntaxReferences: { Length: 1 } parts } && parts[0].GetSyntax() is TypeDeclarationSyntax type && IsNamedIn(type, parameter.Name);
        }

        return body.DescendantsInFunction().Any(operation => By(operation, calls).Any(kept =>
            kept.Value is IParameterReferenceOperation { Parameter: var named } && SymbolEqualityComparer.Default.Equals(named, parameter)
            && (kept.Container is null || FrameContainers.IsOfThis(kept.Container))));
    }

    // The parameter of a primary constructor, which a member may keep by naming it.
    private static bool IsNamedIn(TypeDeclarationSyntax type, string parameter) =>
        type.Members.SelectMany(member => member.DescendantNodes()).OfType<IdentifierNameSyntax>().Any(name =>
            name.Identifier.ValueText == parameter && name.Parent is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Clone" or "CopyTo" });
}
