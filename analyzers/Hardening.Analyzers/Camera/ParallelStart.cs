namespace Hardening.Analyzers.Camera;

/// <summary>Code that runs several times at once.</summary>
/// <param name="name">As a message says where: "in 'Parallel.ForEach'".</param>
/// <param name="functions">What runs: lambdas and method groups.</param>
/// <param name="areAllSeveral">The start itself says that there are several; else its place has to.</param>
internal sealed class ParallelStart(string name, ImmutableArray<IOperation> functions, bool areAllSeveral)
{
    public string Name { get; } = name;

    public ImmutableArray<IOperation> Functions { get; } = functions;

    public bool AreAllSeveral { get; } = areAllSeveral;
}
