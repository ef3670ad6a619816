namespace Hardening.Analyzers.Facts;

/// <summary><c>System.Diagnostics.Process</c> and what makes one, resolved once per compilation.</summary>
internal sealed class ProcessTypes
{
    private readonly INamedTypeSymbol _process;

    private ProcessTypes(INamedTypeSymbol process, INamedTypeSymbol startInfo, CallGraph graph)
    {
        _process = process;
        StartInfo = startInfo;
        Ownership = new Ownership(IsProcess, Borrows, graph);
    }

    public INamedTypeSymbol StartInfo { get; }

    public Ownership Ownership { get; }

    public static ProcessTypes? Of(Compilation compilation) =>
        compilation.GetTypeByMetadataName("System.Diagnostics.Process") is { } process
        && compilation.GetTypeByMetadataName("System.Diagnostics.ProcessStartInfo") is { } startInfo
            ? new ProcessTypes(process, startInfo, CallGraph.Of(compilation))
            : null;

    public bool IsProcess(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(type, _process))
            {
                return true;
            }
        }

        return false;
    }

    public bool IsMember(ISymbol member, string name) =>
        member.Name == name && SymbolEqualityComparer.Default.Equals(member.ContainingType, _process);

    // The WaitForExitAsync of one's own, from before .NET 5, and its like: they look like members, and they only use the process.
    private static bool Borrows(IMethodSymbol method) =>
        (method.ReducedFrom ?? method).IsExtensionMethod
        && (method.Name.StartsWith("WaitForExit", StringComparison.Ordinal) || method.Name.StartsWith("Kill", StringComparison.Ordinal));

    /// <summary>A call of <c>Process.Start</c> that makes the Process, or <c>new Process()</c>.</summary>
    public bool IsStart(IOperation operation) =>
        operation is IObjectCreationOperation { Type: { } type } && IsProcess(type)
        || operation is IInvocationOperation { TargetMethod: { IsStatic: true } start } && IsMember(start, "Start");

    /// <summary>The same, or a call of a method of this compilation that does it and leaves the Process to its caller.</summary>
    public bool IsMade(IOperation operation) =>
        IsStart(operation) || operation is IInvocationOperation call && Ownership.IsMadeBy(call, IsMade);

    /// <summary>A new Process (or an array of them) that the caller has to dispose.</summary>
    public bool IsCreation(IOperation operation) =>
        IsMade(operation)
        || operation is IInvocationOperation { TargetMethod: { IsStatic: true, Name: "GetProcesses" or "GetProcessesByName" or "GetProcessById" } find }
            && SymbolEqualityComparer.Default.Equals(find.ContainingType, _process);
}
