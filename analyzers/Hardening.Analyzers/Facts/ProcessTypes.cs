using System.Runtime.CompilerServices;

namespace Hardening.Analyzers.Facts;

/// <summary><c>System.Diagnostics.Process</c> and what makes one, resolved once per compilation.</summary>
internal sealed class ProcessTypes
{
    // A child is started, found, asked or ended by one of these; most compilations have none.
    private static readonly ImmutableArray<string> Words = ImmutableArray.Create(
        "StartInfo", "Diagnostics.Process", "Process.Start", "new Process", ": Process", "GetProcess", "WaitForExit", "Kill", "kill(", "CloseMainWindow", "Exited");

    private static readonly ConditionalWeakTable<SyntaxTree, object> Documents = new();

    private ProcessTypes(INamedTypeSymbol process, INamedTypeSymbol startInfo, CallGraph graph)
    {
        Process = process;
        StartInfo = startInfo;
        Ownership = new Ownership(IsProcess, Borrows, graph);
    }

    public INamedTypeSymbol Process { get; }

    public INamedTypeSymbol StartInfo { get; }

    public Ownership Ownership { get; }

    public static ProcessTypes? Of(Compilation compilation) =>
        compilation.GetTypeByMetadataName("System.Diagnostics.Process") is { } process
        && compilation.GetTypeByMetadataName("System.Diagnostics.ProcessStartInfo") is { } startInfo
            ? new ProcessTypes(process, startInfo, CallGraph.Of(compilation))
            : null;

    /// <summary>The same where a document can have a child at all, by its letters: a rule then looks at no call of the others. Null otherwise.</summary>
    public static ProcessTypes? OfUsed(Compilation compilation) => compilation.SyntaxTrees.Any(AreUsedIn) ? Of(compilation) : null;

    private static bool AreUsedIn(SyntaxTree document) => (bool)Documents.GetValue(document, static tree => Mentions.Any(Words, tree));

    public bool IsProcess(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(type, Process))
            {
                return true;
            }
        }

        return false;
    }

    public bool IsMember(ISymbol member, string name) =>
        member.Name == name && SymbolEqualityComparer.Default.Equals(member.ContainingType, Process);

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
            && SymbolEqualityComparer.Default.Equals(find.ContainingType, Process);
}
