using System.Runtime.CompilerServices;
using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class SleepingPool : Fault
{
    public override string Name => "pool-sleep";

    public override string Summary => "400 work items sleep on their pool threads";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.ThreadPoolStarvation) with { Stalls = Activities.Pool, Sites = [new Site("SleepingPool.Handle", "site: sleep on the pool")] };

    public override bool IsDeterministic => true;

    public override IDisposable Inject(LabApplication application)
    {
        var requests = new Requests();
        for (var i = 0; i < 400; i++)
        {
            ThreadPool.QueueUserWorkItem(static requests => Handle(requests), requests, preferLocal: false);
        }

        return requests;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Handle(Requests requests)
    {
        for (var i = 0; i < 40 && !requests.AreOver; i++)
        {
            Thread.Sleep(50); // site: sleep on the pool
        }
    }

    private sealed class Requests : IDisposable
    {
        private volatile bool _areOver;

        public bool AreOver => _areOver;

        public void Dispose() => _areOver = true;
    }
}
