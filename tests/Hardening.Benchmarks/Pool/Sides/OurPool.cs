using System.Runtime.CompilerServices;
using Hardening.Camera;
using Hardening.Pool;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>Our pool, through what an application has of it.</summary>
internal static class OurPool
{
    private const int ManyFrames = 64; // as long as the list that the pools of Python get
    private const int MapRequests = 4096; // more than are ever under way, so that each is left alone until its result is there

    /// <summary>Several callers, each of which awaits its own job.</summary>
    public static async Task<PoolMeasurement> EchoAsync(Loops loops, SideSettings settings, WorkerCommand worker, int callers = Loops.Callers)
    {
        await using var pool = await StartAsync(worker, settings);
        var requests = Enumerable.Range(0, callers).Select(_ => Payloads.Request()).ToArray();
        var before = await AllocatedAsync(pool, settings);
        var measured = await loops.AtOnceAsync(callers, number => EchoAsync(pool, requests[number >> 32], number));
        return measured with { WorkerAllocated = (await AllocatedAsync(pool, settings) - before) / measured.Jobs };
    }

    public static async Task<PoolMeasurement> TurnAsync(Loops loops, SideSettings settings, WorkerCommand worker)
    {
        await using var pool = await StartAsync(worker, settings);
        var request = Payloads.Request();
        return await loops.InTurnAsync(number => EchoAsync(pool, request, number));
    }

    /// <summary>One caller that waits on its thread, as the stage of a pipeline does.</summary>
    public static async Task<PoolMeasurement> SynchronousTurnAsync(Loops loops, SideSettings settings, WorkerCommand worker)
    {
        await using var pool = await StartAsync(worker, settings);
        var request = Payloads.Request();
        return loops.InTurn(number =>
        {
            Payloads.Number(request, number);
            using var result = pool.Run(request);
            return result.Payload.SequenceEqual(request);
        });
    }

    public static async Task<PoolMeasurement> MapAsync(Loops loops, SideSettings settings, WorkerCommand worker, bool inOrder)
    {
        await using var pool = await StartAsync(worker, settings);
        var requests = Enumerable.Range(0, MapRequests).Select(number =>
        {
            var request = Payloads.Request();
            Payloads.Number(request, number);
            return (ReadOnlyMemory<byte>)request;
        }).ToArray();
        return await loops.WholeAsync(async length =>
        {
            var (jobs, right, expected) = (0L, true, 0L);
            var source = loops.Until(length, number => requests[number % MapRequests]);
            await foreach (var outcome in inOrder ? pool.MapAsync(source, default, settings.Stop) : pool.MapUnorderedAsync(source, default, settings.Stop))
            {
                right &= outcome.Result.AsSpan().SequenceEqual(requests[outcome.Index % MapRequests].Span) && (!inOrder || outcome.Index == expected++);
                jobs++;
            }

            return (jobs, right);
        });
    }

    /// <summary>Frames that lie in shared memory.</summary>
    public static async Task<PoolMeasurement> FramesAsync<THandler>(Loops loops, SideSettings settings, FrameCallers callers)
        where THandler : IJobHandler
    {
        await using var pool = await StartAsync(WorkerCommand.ThisApplication<THandler>(), settings);
        using var frames = new FramePool(Payloads.Slots, Payloads.FrameBytes);
        var leases = Enumerable.Range(0, Payloads.Slots).Select(number => Picture(frames, number)).ToArray();
        var expected = leases.Select(lease => typeof(THandler) == typeof(ReadingHandler) ? Payloads.Sum(lease.Pixels) : Payloads.Ends(lease.Pixels)).ToArray();
        try
        {
            return callers switch
            {
                FrameCallers.One => loops.InTurn(Frame),
                FrameCallers.ThreadForEachWorker => await loops.OnThreadsAsync(settings.Workers, Frame),
                _ => await loops.AtOnceAsync(ManyFrames, FrameAsync),
            };
        }
        finally
        {
            Array.ForEach(leases, lease => lease.Dispose());
        }

        bool Frame(long number)
        {
            using var result = pool.Run(ReadOnlyMemory<byte>.Empty, leases[Slot(number)]);
            return BitConverter.ToInt64(result.Payload) == expected[Slot(number)];
        }

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        async ValueTask<bool> FrameAsync(long number)
        {
            using var result = await pool.RunAsync(ReadOnlyMemory<byte>.Empty, leases[Slot(number)]);
            return BitConverter.ToInt64(result.Payload) == expected[Slot(number)];
        }

        static int Slot(long number) => (int)((number + (number >> 32)) % Payloads.Slots); // each caller begins with another one
    }

    /// <summary>A pool whose workers are ready.</summary>
    public static async Task<ProcessPool> StartAsync(WorkerCommand worker, SideSettings settings, int spares = 0)
    {
        var pool = new ProcessPool("benchmark", worker, new ProcessPoolOptions { Workers = settings.Workers, SpareWorkers = Math.Max(spares, 0) });
        try
        {
            await pool.StartAsync(settings.Stop);
            return pool;
        }
        catch
        {
            await pool.DisposeAsync();
            throw;
        }
    }

    // Nothing is allocated for it beside the pool, which is to be seen.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<bool> EchoAsync(ProcessPool pool, byte[] request, long number)
    {
        Payloads.Number(request, number);
        using var result = await pool.RunAsync(request);
        return result.Payload.SequenceEqual(request);
    }

    // Of one worker, so there must be only one for it to mean anything; null from those who do not tell.
    private static async Task<double?> AllocatedAsync(ProcessPool pool, SideSettings settings)
    {
        if (settings.Workers > 1)
        {
            return null;
        }

        using var result = await pool.RunAsync(new byte[1]);
        return BitConverter.ToInt64(result.Payload);
    }

    private static FrameLease Picture(FramePool frames, int number)
    {
        if (!frames.TryRent("benchmark", out var buffer))
        {
            throw new InvalidOperationException("There are fewer frames than callers.");
        }

        Payloads.Fill(buffer.Bytes[..Payloads.FrameBytes], number);
        return buffer.Publish(new FrameInfo
        {
            Camera = "benchmark",
            Sequence = number,
            HostTimestamp = 0,
            Width = Payloads.Width,
            Height = Payloads.Height,
            Stride = Payloads.Width,
            Length = Payloads.FrameBytes,
            PixelFormat = PixelFormat.Mono8,
        });
    }
}

internal enum FrameCallers
{
    One,

    /// <summary>Each waits for its job: as the stages of pipelines do.</summary>
    ThreadForEachWorker,

    Many,
}
