namespace Hardening.Runtime.Aravis.Tests.Simulation;

/// <summary>Where the simulated camera keeps what: the bootstrap registers of GigE Vision, and its own from 0x8000.</summary>
internal static class GvRegister
{
    public const int CurrentAddress = 0x24;
    public const int Manufacturer = 0x48;
    public const int Model = 0x68;
    public const int DeviceVersion = 0x88;
    public const int ManufacturerInfo = 0xa8;
    public const int Serial = 0xd8;
    public const int UserName = 0xe8;
    public const int DiscoveryBytes = 0xf8;
    public const int XmlUrl = 0x200;
    public const int NetworkInterfaces = 0x600;
    public const int StreamChannels = 0x904;
    public const int Capability = 0x934;
    public const int HeartbeatTimeout = 0x938;
    public const int TickFrequency = 0x93c;       // 64 bits
    public const int TimestampControl = 0x944;
    public const int TimestampLatched = 0x948;    // 64 bits
    public const int Control = 0xa00;
    public const int StreamPort = 0xd00;
    public const int StreamPacketSize = 0xd04;    // and two flags: 31 fires a test packet, 30 forbids fragments
    public const int StreamPacketDelay = 0xd08;
    public const int StreamDestination = 0xd18;
    public const int StreamSourcePort = 0xd1c;

    public const int Width = 0x8000;
    public const int Height = 0x8004;
    public const int OffsetX = 0x8008;
    public const int OffsetY = 0x800c;
    public const int PixelFormat = 0x8010;
    public const int PayloadSize = 0x8014;
    public const int AcquisitionMode = 0x8018;
    public const int AcquisitionStart = 0x801c;
    public const int AcquisitionStop = 0x8020;
    public const int AcquisitionFrameCount = 0x8024;
    public const int FrameRate = 0x8028;          // 64 bits
    public const int TriggerMode = 0x8030;
    public const int TriggerSource = 0x8034;
    public const int TriggerActivation = 0x8038;
    public const int TriggerSoftware = 0x803c;
    public const int TriggerSelector = 0x8040;
    public const int LineStatus = 0x8044;
    public const int ExposureTime = 0x8048;       // 64 bits
    public const int Gain = 0x8050;               // 64 bits
    public const int ChunkMode = 0x8058;
    public const int ChunkSelector = 0x805c;
    public const int ChunkEnable = 0x8060;        // of the selected chunk
    public const int PtpEnable = 0x8064;
    public const int PtpStatus = 0x8068;
    public const int PtpLatch = 0x806c;
    public const int PtpOffset = 0x8070;          // 64 bits
    public const int Temperature = 0x8078;        // 64 bits
    public const int SensorWidth = 0x8080;
    public const int SensorHeight = 0x8084;
    public const int WriteProtected = 0x8088;     // a feature that looks writable, and is refused
    public const int ChunkEnables = 0x8100;       // by chunk

    public const int Xml = 0x10000;
}
