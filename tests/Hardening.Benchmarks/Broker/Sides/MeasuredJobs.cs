namespace Hardening.Benchmarks.Broker.Sides;

/// <summary>What the jobs of a case carry, and what their answers must be. Each caller has one of its own.</summary>
internal sealed class MeasuredJobs : IDisposable
{
    private const int Kibibyte = 1024;

    private readonly byte[][] _requests;

    public MeasuredJobs(BrokerPayload payload, int callers)
    {
        Frames = payload == BrokerPayload.Frame ? new MeasuredFrames() : null;
        _requests = [.. Enumerable.Range(0, callers).Select(caller => Filled(payload == BrokerPayload.Kibibyte ? Kibibyte : 0, caller))];
    }

    /// <summary>Null where no frames go with jobs.</summary>
    public MeasuredFrames? Frames { get; }

    public ReadOnlyMemory<byte> Request(int caller) => _requests[caller];

    public bool IsRight(int caller, ReadOnlySpan<byte> answer) => Frames?.IsRight(caller, answer) ?? answer.SequenceEqual(_requests[caller]);

    public void Dispose() => Frames?.Dispose();

    private static byte[] Filled(int length, int caller)
    {
        var request = new byte[length];
        for (var at = 0; at < length; at++)
        {
            request[at] = (byte)((caller * 13) + (at * 7));
        }

        return request;
    }
}
