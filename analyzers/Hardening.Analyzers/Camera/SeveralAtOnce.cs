using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Camera;

/// <summary>Whether a thread, a task or a callback is one of several: made in a loop, for each element, or by each of several objects.</summary>
internal sealed class SeveralAtOnce(Compilation compilation, CompilationFacts facts)
{
    // A name that stands in more places is everybody's.
    private const int MostMentions = 64;

    // From a private helper to who calls it, and on.
    private const int MostCalls = 3;

    public bool Are(IOperation start, ISymbol containing)
    {
        // What replaces the one in a field is never one of several of the same object.
        var isKept = start.Parent is ISimpleAssignmentOperation { Target: IFieldReferenceOperation or IPropertyReferenceOperation { Property.IsIndexer: false } };
        foreach (var root in isKept ? [] : facts.Roots.Of(start, containing))
        {
            if (root.Loop is { } loop ? StartsSeveral(loop, start) : root.Per is Roots.Request or "frame" || root.Per.StartsWith("element", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return containing is IMethodSymbol { IsStatic: false } method && AreObjects(method, MostCalls);
    }

    // A camera that is opened again in an endless loop is one camera; what the loop joins is over before the next begins.
    private static bool StartsSeveral(ILoopOperation loop, IOperation start) =>
        !(start is IEventAssignmentOperation && loop is IWhileLoopOperation) && !IsJoinedIn(loop) && !EndsAfter(loop, start);

    // Each of several objects starts its own.
    private bool AreObjects(IMethodSymbol method, int calls)
    {
        if (IsMadeSeveralTimes(method.ContainingType))
        {
            return true;
        }

        var uses = method.MethodKind == MethodKind.Ordinary ? facts.Callers.Of(method) : default;
        foreach (var use in uses.IsDefault ? ImmutableArray<IOperation>.Empty : uses)
        {
            if (use is IInvocationOperation { Instance: { } instance } call && Callers.MemberOf(call) is { } caller
                && (instance is IInstanceReferenceOperation
                    ? calls > 0 && caller is IMethodSymbol outer && !SymbolEqualityComparer.Default.Equals(outer, method) && AreObjects(outer, calls - 1)
                    : IsOneOfMany(instance.Unwrap(), call, caller)))
            {
                return true;
            }
        }

        return false;
    }

    // foreach (var camera in cameras) { camera.Start(); } cameras.ForEach(camera => camera.Start()); cameras[i].Start()
    private bool IsOneOfMany(IOperation instance, IOperation call, ISymbol caller) => instance switch
    {
        ILocalReferenceOperation { Local: var local } => facts.Roots.Of(call, caller).Any(root => root.Loop is { } loop && local.IsDeclaredIn(loop.Syntax)),
        IParameterReferenceOperation { Parameter.ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } } => facts.Roots.Of(call, caller).Any(root => root.Per.StartsWith("element", StringComparison.Ordinal)),
        IArrayElementReferenceOperation or IPropertyReferenceOperation { Property.IsIndexer: true } => facts.Roots.Of(call, caller).Any(root => root.Loop is not null),
        _ => false,
    };

    // new CameraWorker(url) in a loop, in Select, or twice in one block
    private bool IsMadeSeveralTimes(INamedTypeSymbol type)
    {
        var blocks = new HashSet<SyntaxNode>();
        var mentions = 0;
        foreach (var name in compilation.SyntaxTrees.SelectMany(tree => Mentions.Of(type.Name, tree)))
        {
            if (++mentions > MostMentions)
            {
                return false;
            }

            if (CreationOf(name) is { } created
                && facts.Graph.ModelOf(created.SyntaxTree).GetOperation(created) is IObjectCreationOperation { Type: { } made } creation
                && SymbolEqualityComparer.Default.Equals(made.OriginalDefinition, type.OriginalDefinition)
                && Callers.MemberOf(creation) is { } member
                && (BlockOf(created) is { } block && !blocks.Add(block) || IsPerItem(creation, member)))
            {
                return true;
            }
        }

        return false;
    }

    // Null where it is one of two ways: only one of them is gone.
    private static SyntaxNode? BlockOf(SyntaxNode created)
    {
        for (var node = created.Parent; node is not null; node = node.Parent)
        {
            switch (node)
            {
                case ConditionalExpressionSyntax or SwitchExpressionArmSyntax or BinaryExpressionSyntax:
                    return null;
                case BlockSyntax or CompilationUnitSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax or AnonymousFunctionExpressionSyntax:
                    return node;
            }
        }

        return null;
    }

    // A loop that makes one again after the other has gone is no set of them: it disposes each, or puts it where the last one was.
    private bool IsPerItem(IObjectCreationOperation creation, ISymbol member) =>
        creation.Parent is not (ISimpleAssignmentOperation { Target: IFieldReferenceOperation or ILocalReferenceOperation })
        && facts.Roots.Of(creation, member).Any(root => root.Loop is { } loop
            ? loop is not IWhileLoopOperation && !IsUsed(creation)
            : root.Per.StartsWith("element", StringComparison.Ordinal));

    private static bool IsUsed(IOperation creation)
    {
        for (var parent = creation.Parent; parent is not (null or IBlockOperation); parent = parent.Parent)
        {
            if (parent is IUsingOperation or IUsingDeclarationOperation)
            {
                return true;
            }
        }

        return false;
    }

    private static ObjectCreationExpressionSyntax? CreationOf(SimpleNameSyntax name)
    {
        SyntaxNode? node = name;
        while (node is NameSyntax)
        {
            node = node.Parent;
        }

        return node as ObjectCreationExpressionSyntax;
    }

    private static bool IsJoinedIn(ILoopOperation loop) =>
        loop.Body.DescendantsInFunction().Any(operation => operation is IInvocationOperation { TargetMethod: { Name: "Join", ContainingType.Name: "Thread" } });

    // if (…) { new Thread(…).Start(); break; }
    private static bool EndsAfter(ILoopOperation loop, IOperation start)
    {
        for (var parent = start.Parent; parent is not null && parent != loop; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation or IMethodBodyOperation)
            {
                return false;
            }

            if (parent is IBlockOperation { Parent: not IMethodBodyOperation, Operations: { IsEmpty: false } operations } && operations[operations.Length - 1] is IReturnOperation { IsImplicit: false, Kind: OperationKind.Return } or IBranchOperation { BranchKind: BranchKind.Break })
            {
                return true;
            }
        }

        return false;
    }
}
