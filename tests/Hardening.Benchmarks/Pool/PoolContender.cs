using System.Diagnostics;

namespace Hardening.Benchmarks.Pool;

internal enum ContenderKind
{
    Floor,
    Ours,
    Peer,
}

/// <summary>Who is measured, in which scenario. Each measurement is a program of its own that prints its figures as one line of JSON.</summary>
/// <param name="Scenario">What is measured.</param>
/// <param name="Name">Who.</param>
/// <param name="Kind">Ours, a peer, or the floor: the transport or the memory alone.</param>
/// <param name="Start">The program, given for how many seconds to measure; a new one each time.</param>
internal sealed record PoolContender(PoolScenario Scenario, string Name, ContenderKind Kind, Func<double, ProcessStartInfo> Start);
