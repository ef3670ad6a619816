using System.Runtime.CompilerServices;
using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class SyncOverAsync : Fault
{
    public override string Name => "pool-sync-over-async";

    public override string Summary => "400 work items block their pool threads until async work is done, which needs a pool thread";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.ThreadPoolStarvation) with { Stalls = Activities.Pool, Sites = [new Site("SyncOverAsync.Handle", "site: sync over async")] };

    public override bool IsDeterministic => true;

    public override IDisposable Inject(LabApplication application)
    {
        var request = new Request();
        for (var i = 0; i < 400; i++)
        {
            ThreadPool.QueueUserWorkItem(static request => Handle(request), request, preferLocal: false);
        }

        return request;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Handle(Request request) => request.AnswerAsync().Wait(); // site: sync over async

    private sealed class Request : IDisposable
    {
        private readonly TaskCompletionSource _over = new(); // its continuations run at once, on the thread that ends the fault

        public async Task AnswerAsync() => await _over.Task;

        public void Dispose() => _over.SetResult();
    }
}
