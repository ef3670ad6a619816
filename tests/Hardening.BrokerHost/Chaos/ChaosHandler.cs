using System.Globalization;
using Hardening.Pool;

namespace Hardening.BrokerHost.Chaos;

/// <summary>Does what the request says.</summary>
public sealed class ChaosHandler() : JobHandler<ChaosRequest, ChaosResult>(ChaosContract.Json)
{
    /// <summary>What the worker of a <see cref="ChaosKind.Deadly"/> job exits with.</summary>
    public const int DeadlyExitCode = 42;

    private static readonly TimeSpan SlowStep = TimeSpan.FromMilliseconds(5);

    public override ChaosResult Run(ChaosRequest request, JobContext job)
    {
        switch (request.Kind)
        {
            case ChaosKind.Slow:
                job.Cancellation.WaitHandle.WaitOne(SlowStep * (1 + (request.Number % 8)));
                break;
            case ChaosKind.Throwing:
                throw new InvalidOperationException(request.Number.ToString(CultureInfo.InvariantCulture));
            case ChaosKind.Deadly:
                Environment.Exit(DeadlyExitCode);
                break;
        }

        return new ChaosResult(request.Number, ChaosResult.ValueOf(request.Number), Environment.ProcessId);
    }
}
