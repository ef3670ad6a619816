namespace Hardening.Cli.Diagnosis;

/// <summary>What the host is asked about.</summary>
internal sealed record DoctorScope
{
    /// <summary>The process whose limits, threads and settings are looked at; null for those of this program, which come from the shell.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The network interface of the cameras; null for all that are up and have hardware.</summary>
    public string? Interface { get; init; }

    /// <summary>What the cameras send; null where that was not said.</summary>
    public CameraLoad? Cameras { get; init; }

    /// <summary>Whether cameras are surely received here: then what costs frames is a failure, and not something to think about.</summary>
    public bool HasCameras => Interface is not null || Cameras is not null;
}

/// <summary>What cameras send.</summary>
internal sealed record CameraLoad(int Count, long PayloadBytes, double FramesPerSecond)
{
    private const double PacketOverhead = 1.03; // headers of GVSP, UDP, IP and Ethernet, at the usual packet sizes
    private const double StallSeconds = 0.3; // a pause of the process that costs no frame

    public double BitsPerSecond => Count * PayloadBytes * FramesPerSecond * 8 * PacketOverhead;

    /// <summary>What one camera sends in a pause that the receive buffer shall bridge.</summary>
    public long BufferBytes => (long)(PayloadBytes * Math.Max(1, FramesPerSecond * StallSeconds));
}
