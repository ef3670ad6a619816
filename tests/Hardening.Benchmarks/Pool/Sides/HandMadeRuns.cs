using System.Runtime.CompilerServices;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>The pools that are written by hand, measured as ours is.</summary>
internal static class HandMadeRuns
{
    public static Task<PoolMeasurement> EchoAsync(Loops loops, SideSettings settings, Func<byte[][], IHandMadeWorker> start) => RunAsync(loops, settings, start, [], inTurn: false);

    public static Task<PoolMeasurement> TurnAsync(Loops loops, SideSettings settings, Func<byte[][], IHandMadeWorker> start) => RunAsync(loops, settings, start, [], inTurn: true);

    public static Task<PoolMeasurement> FramesAsync(Loops loops, SideSettings settings, Func<byte[][], IHandMadeWorker> start) => RunAsync(loops, settings, start, Frames(), inTurn: false);

    public static Task<PoolMeasurement> FrameTurnAsync(Loops loops, SideSettings settings, Func<byte[][], IHandMadeWorker> start) => RunAsync(loops, settings, start, Frames(), inTurn: true);

    private static async Task<PoolMeasurement> RunAsync(Loops loops, SideSettings settings, Func<byte[][], IHandMadeWorker> start, byte[][] frames, bool inTurn)
    {
        var sums = frames.Select(frame => Payloads.Sum(frame)).ToArray();
        await using var pool = new HandMadePool(settings.Workers, () => start(frames));
        var jobs = Enumerable.Range(0, Loops.Callers).Select(_ => new HandMadeJob()).ToArray();
        return inTurn ? await loops.InTurnAsync(EchoAsync) : await loops.AtOnceAsync(Loops.Callers, EchoAsync);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        async ValueTask<bool> EchoAsync(long number)
        {
            var job = jobs[number >> 32];
            if (frames.Length > 0)
            {
                job.Frame = (int)(number % frames.Length);
                await pool.RunAsync(job);
                return BitConverter.ToInt64(job.Answer) == sums[job.Frame];
            }

            Payloads.Number(job.Request, number);
            job.Request[0] &= 0x7f; // the first byte tells a slot's worker to end
            await pool.RunAsync(job);
            return job.Answer.AsSpan().SequenceEqual(job.Request);
        }
    }

    private static byte[][] Frames() =>
    [
        .. Enumerable.Range(0, Payloads.Slots).Select(number =>
        {
            var frame = new byte[Payloads.FrameBytes];
            Payloads.Fill(frame, number);
            return frame;
        }),
    ];
}
