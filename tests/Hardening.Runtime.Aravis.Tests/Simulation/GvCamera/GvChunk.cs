namespace Hardening.Runtime.Aravis.Tests.Simulation;

/// <summary>What the simulated camera can send with each frame: the values of ChunkSelector. Its id in the stream is 0x1000 more.</summary>
internal enum GvChunk
{
    Image,
    Timestamp,
    ExposureTime,
    Gain,
    FrameID,
    LineStatusAll,
}

/// <summary>The values of PtpStatus.</summary>
internal enum GvPtpStatus
{
    Initializing = 1,
    Faulty,
    Disabled,
    Listening,
    PreMaster,
    Master,
    Passive,
    Uncalibrated,
    Slave,
}
