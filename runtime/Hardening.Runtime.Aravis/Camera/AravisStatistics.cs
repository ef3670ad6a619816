namespace Hardening.Camera;

/// <summary>
/// The raw counters of one camera's stream since it was first opened. Frames are counted by the pipeline, from their numbers; these tell where they were lost.
/// </summary>
public sealed record AravisStatistics
{
    /// <summary>Frames that the driver completed.</summary>
    public long CompletedFrames { get; init; }

    /// <summary>Frames that the driver gave up: packets missing, or too late.</summary>
    public long FailedFrames { get; init; }

    /// <summary>Packets that arrived.</summary>
    public long ReceivedPackets { get; init; }

    /// <summary>Packets of frames that the driver had no buffer for. libaravis calls these underruns, which suggests frames.</summary>
    public long UnderrunPackets { get; init; }

    /// <summary>Packets missing at the end of failed frames, counted from the first hole: more than were lost.</summary>
    public long MissingPackets { get; init; }

    /// <summary>Packets asked for again.</summary>
    public long ResendRequests { get; init; }

    /// <summary>Packets that came when asked for again.</summary>
    public long ResentPackets { get; init; }

    /// <summary>Packets that the kernel dropped, since <see cref="ReceiveBufferBytes"/> was full. Not meaningful with <see cref="AravisSocketMode.Packet"/>, where nobody empties that buffer.</summary>
    public long KernelDroppedPackets { get; init; }

    /// <summary>The size of the kernel's receive buffer; 0 when no stream runs, or it could not be found out.</summary>
    public long ReceiveBufferBytes { get; init; }

    internal AravisStatistics Plus(AravisStatistics later) => new()
    {
        CompletedFrames = CompletedFrames + later.CompletedFrames,
        FailedFrames = FailedFrames + later.FailedFrames,
        ReceivedPackets = ReceivedPackets + later.ReceivedPackets,
        UnderrunPackets = UnderrunPackets + later.UnderrunPackets,
        MissingPackets = MissingPackets + later.MissingPackets,
        ResendRequests = ResendRequests + later.ResendRequests,
        ResentPackets = ResentPackets + later.ResentPackets,
        KernelDroppedPackets = KernelDroppedPackets + later.KernelDroppedPackets,
        ReceiveBufferBytes = later.ReceiveBufferBytes,
    };
}
