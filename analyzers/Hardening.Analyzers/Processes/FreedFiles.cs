using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>What fails while a child has a file open: deleting and moving any, opening and reading those that it was told of.</summary>
internal static class FreedFiles
{
    public static bool IsUse(IOperation operation, ChildHistory child, CallGraph graph) => operation switch
    {
        IInvocationOperation call => IsUse(call, child) || IsDeletingHelper(call, graph),
        IObjectCreationOperation { Type.Name: "FileStream" or "StreamReader" or "TcpListener" } creation => creation.Arguments.Any(argument => IsTold(argument.Value, child)),
        _ => false,
    };

    private static bool IsUse(IInvocationOperation call, ChildHistory child) => (call.TargetMethod.ContainingType.Name, call.TargetMethod.Name) switch
    {
        ("File" or "Directory" or "FileInfo" or "DirectoryInfo", "Delete" or "Move" or "MoveTo" or "Replace") => IsOfIo(call) && !IsMarker(call),
        ("File", "Open" or "OpenRead" or "OpenText" or "OpenWrite" or "Create" or "Copy" or "ReadAllText" or "ReadAllLines" or "ReadAllBytes" or "ReadLines") =>
            IsOfIo(call) && call.Arguments.Any(argument => IsTold(argument.Value, child)),
        _ => false,
    };

    // TryDelete(path): a loop in it tries until the child has let go.
    private static bool IsDeletingHelper(IInvocationOperation call, CallGraph graph) =>
        call.TargetMethod.Name.IndexOf("Delete", StringComparison.Ordinal) >= 0
        && !IsMarker(call)
        && graph.TargetOf(call) is { } method
        && graph.AnyBodyOf(method) is { } body
        && body.Descendants().Any(inner => inner is IInvocationOperation { TargetMethod.Name: "Delete" } delete && IsOfIo(delete) && StatementOrder.LoopAround(delete) is null);

    private static bool IsOfIo(IInvocationOperation call) =>
        call.TargetMethod.ContainingNamespace is { Name: "IO", ContainingNamespace.Name: "System" } && !IsTriedAgain(call);

    private static bool IsTriedAgain(IOperation call)
    {
        for (var outer = call.Parent; outer is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation); outer = outer.Parent)
        {
            if (outer is ITryOperation { Catches.IsEmpty: false } && StatementOrder.LoopAround(outer) is IWhileLoopOperation or IForLoopOperation)
            {
                return true;
            }
        }

        return false;
    }

    // What this program itself has written to mark the child: nobody has it open.
    private static bool IsMarker(IInvocationOperation call)
    {
        var text = call.Arguments.FirstOrDefault()?.Syntax.ToString() ?? call.Instance?.Syntax.ToString() ?? "";
        return Says("pid") || Says("Pid") || Says("lock") || Says("Lock") || Says("marker") || Says("Marker");

        bool Says(string word) => text.IndexOf(word, StringComparison.Ordinal) >= 0;
    }

    // The path or the port is part of what the child was started with.
    private static bool IsTold(IOperation value, ChildHistory child) =>
        SymbolOf(value.Unwrap()) is { } symbol && child.Creation is { } created && Statements(created).Any(statement => statement.Descendants().Any(operation => SymbolEqualityComparer.Default.Equals(SymbolOf(operation), symbol)));

    private static IEnumerable<IOperation> Statements(IOperation created) =>
        created.Function().DescendantsInFunction().Where(operation =>
            operation == created
            || operation is IObjectCreationOperation { Type.Name: "ProcessStartInfo" }
            || operation is IAssignmentOperation { Target: IPropertyReferenceOperation { Property.ContainingType.Name: "ProcessStartInfo" } }
            || operation is IInvocationOperation { TargetMethod.Name: "Add", Instance: IPropertyReferenceOperation { Property.Name: "ArgumentList" } });

    private static ISymbol? SymbolOf(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation { Field.IsConst: false } field => field.Field,
        IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation } property => property.Property,
        _ => null,
    };
}
