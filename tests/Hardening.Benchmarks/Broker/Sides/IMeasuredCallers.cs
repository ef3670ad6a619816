namespace Hardening.Benchmarks.Broker.Sides;

/// <summary>Where the jobs of a case are done.</summary>
internal interface IMeasuredCallers : IAsyncDisposable
{
    /// <summary>Has the job of this caller done; whether the answer was right.</summary>
    ValueTask<bool> RunAsync(int caller);
}
