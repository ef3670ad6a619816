namespace Hardening.Runtime.Aravis.Tests.Simulation;

/// <summary>What kind of camera is simulated: fixed while it is switched on.</summary>
internal sealed record GvCameraOptions
{
    public string Serial { get; init; } = "GV1";

    public int SensorWidth { get; init; } = 2048;

    public int SensorHeight { get; init; } = 2048;

    /// <summary>Whether it keeps the last frames, and sends packets of them again.</summary>
    public bool CanResend { get; init; } = true;

    /// <summary>Whether it can send a packet for trying how large one may be.</summary>
    public bool CanFireTestPackets { get; init; } = true;

    public int MaxPacketSize { get; init; } = 16_404;

    public int PacketSize { get; init; } = 1400;

    public int HeartbeatMilliseconds { get; init; } = 3000;

    /// <summary>Frame numbers of 64 bits, as GigE Vision 2 has them, rather than of 16.</summary>
    public bool HasExtendedIds { get; init; }

    /// <summary>Chunks are announced as images with chunks (GigE Vision 2) rather than as extended chunk data.</summary>
    public bool SendsChunksAsImages { get; init; }

    public bool HasPtp { get; init; } = true;

    /// <summary>The number of the first frame.</summary>
    public ulong FirstFrame { get; init; } = 1;
}

/// <summary>What goes wrong: may be turned at any time, by any thread.</summary>
internal sealed class GvFaults
{
    private volatile int _lost;
    private volatile int _duplicated;
    private volatile int _swapped;
    private volatile int _mtu = int.MaxValue;
    private volatile int _skipFrames;
    private volatile bool _isSilent;
    private volatile int _chunkBytesCut;

    /// <summary>Packets per thousand that are not sent the first time.</summary>
    public int LostPerThousand { get => _lost; set => _lost = value; }

    /// <summary>Packets per thousand that are sent twice.</summary>
    public int DuplicatedPerThousand { get => _duplicated; set => _duplicated = value; }

    /// <summary>Packets per thousand that change places with the next.</summary>
    public int SwappedPerThousand { get => _swapped; set => _swapped = value; }

    /// <summary>The largest packet, with its IP header, that the way carries; larger ones vanish.</summary>
    public int Mtu { get => _mtu; set => _mtu = value; }

    /// <summary>So many frames are exposed and numbered, and not sent.</summary>
    public int SkipFrames { get => _skipFrames; set => _skipFrames = value; }

    /// <summary>It answers, and sends no frames: the kind of death that no signal tells.</summary>
    public bool IsSilent { get => _isSilent; set => _isSilent = value; }

    /// <summary>Bytes by which the description of the last chunk is wrong.</summary>
    public int ChunkLengthError { get => _chunkBytesCut; set => _chunkBytesCut = value; }
}
