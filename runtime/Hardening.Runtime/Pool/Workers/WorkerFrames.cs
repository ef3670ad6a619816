using Hardening.Camera;
using Hardening.Pool.Channels;
using Hardening.Pool.Frames;
using Hardening.Pool.Jobs;
using Hardening.Pool.Protocol;

namespace Hardening.Pool.Workers;

/// <summary>The frames of the jobs of one worker: what it has mapped, and the memory that it writes to.</summary>
internal sealed class WorkerFrames(PoolContext pool)
{
    private readonly HashSet<uint> _mapped = [.. pool.Setup.Regions.Select(region => region.Id)];
    private readonly List<FrameBuffer> _lost = []; // of jobs that had no answer: the worker may still write there
    private int _version = pool.Regions.Version;

    /// <summary>Whether each job is given memory for a frame as its result.</summary>
    public bool HasOutput => pool.Results is not null;

    /// <summary>Takes memory for the job's result. None where the pool has none, or callers hold all of it: a worker that needs some says so.</summary>
    public void RentOutput(PoolJob job)
    {
        if (pool.Results is not null && pool.Results.TryRent("worker", out var output))
        {
            job.Output = output;
        }
    }

    /// <summary>Whether something has to be announced before the job can be sent.</summary>
    public bool HasNews(PoolJob job)
    {
        var hasNews = _version != pool.Regions.Version;
        foreach (var lease in job.Frames)
        {
            hasNews |= !_mapped.Contains(lease.Pool.Region);
        }

        return hasNews;
    }

    /// <summary>Announces memory that the worker does not know yet, and fills in where the frames of the job are.</summary>
    /// <returns>How many references; negative when the worker has ended.</returns>
    public int Describe(PoolJob job, WorkerChannel channel, Span<FrameReference> references)
    {
        if (_version != pool.Regions.Version && !TryForget(channel))
        {
            return -1;
        }

        var count = 0;
        foreach (var lease in job.Frames)
        {
            if (!_mapped.Contains(lease.Pool.Region) && !TryMap(pool.Regions.Of(lease.Pool), channel))
            {
                return -1;
            }

            references[count++] = SharedFrames.Refer(lease, pool.Cameras.Of(lease.Info.Camera));
        }

        if (!job.Output.IsEmpty)
        {
            references[count++] = SharedFrames.ReferOutput(job.Output);
        }

        return count;
    }

    /// <summary>The frame that the worker has written, in the memory that it was given for the job.</summary>
    /// <exception cref="WorkerProtocolException">It was given none, or what it says does not fit.</exception>
    public FrameLease Accept(PoolJob job, ReadOnlySpan<FrameReference> frames, long now)
    {
        if (frames.Length != 1 || job.Output.IsEmpty)
        {
            throw new WorkerProtocolException($"A worker of pool '{pool.Name}' answered job {job.Id} with {frames.Length} frames, and was given memory for {(job.Output.IsEmpty ? "none" : "one")}.");
        }

        var origin = job.FrameCount > 0
            ? job.Frames[0].Info
            : new FrameInfo { Camera = pool.Name, Sequence = (long)job.Id, HostTimestamp = now, Width = 0, Height = 0, Stride = 0, Length = 0, PixelFormat = default };
        var lease = SharedFrames.Publish(job.Output, frames[0], origin);
        job.Output = default;
        return lease.Transfer("result");
    }

    /// <summary>The job was answered, or never begun: what it was given and has not used is free.</summary>
    public static void TakeBackOutput(PoolJob job)
    {
        job.Output.Dispose();
        job.Output = default;
    }

    /// <summary>The worker had the job and has ended, or will: its memory is not free before <see cref="Release"/>.</summary>
    public void Keep(PoolJob job)
    {
        if (!job.Output.IsEmpty)
        {
            _lost.Add(job.Output);
            job.Output = default;
        }
    }

    /// <summary>No process of the worker is left.</summary>
    public void Release()
    {
        foreach (var output in _lost)
        {
            output.Dispose();
        }

        _lost.Clear();
    }

    /// <summary>What was inherited, told once at the start.</summary>
    public bool TryAnnounce(WorkerChannel channel)
    {
        for (var i = 0; i < pool.Setup.Regions.Count; i++)
        {
            var region = pool.Setup.Regions[i];
            if (!TrySend(channel, new MappedText(region.Id, region.Bytes, region.IsWritable, Descriptor: FirstInherited(channel) + i)))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryMap(SharedRegion region, WorkerChannel channel)
    {
        var isSent = TrySend(channel, new MappedText(region.Id, region.Bytes, region.IsWritable, Path: $"/proc/{Environment.ProcessId}/fd/{region.File.DangerousGetHandle()}"));
        return isSent && _mapped.Add(region.Id);
    }

    private bool TryForget(WorkerChannel channel)
    {
        _version = pool.Regions.Version;
        var gone = _mapped.Where(id => !pool.Regions.Has(id) && pool.Setup.Regions.All(region => region.Id != id)).ToList();
        foreach (var id in gone)
        {
            _mapped.Remove(id);
            if (channel.Send(new MessageHeader { Kind = MessageKind.Unmap, Id = id }, default, default, mayWait: true, out _) != SendStatus.Sent)
            {
                return false;
            }
        }

        return true;
    }

    // A ring is the first descriptor that is inherited.
    private static int FirstInherited(WorkerChannel channel) => channel.CanBeReadByCaller ? 4 : 3;

    private static bool TrySend(WorkerChannel channel, in MappedText map) =>
        channel.Send(new MessageHeader { Kind = MessageKind.Map }, default, MessageText.Map(map), mayWait: true, out _) == SendStatus.Sent;
}
