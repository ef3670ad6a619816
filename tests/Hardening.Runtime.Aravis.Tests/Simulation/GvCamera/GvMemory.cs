using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Hardening.Runtime.Aravis.Tests.Simulation;

/// <summary>The registers of the simulated camera, big endian, with what follows from others worked out as it is read. Guarded by its camera.</summary>
internal sealed class GvMemory
{
    private readonly byte[] _bytes;
    private readonly GvCameraOptions _options;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly long _start;

    public GvMemory(GvCameraOptions options, IPAddress address)
    {
        (_options, _start) = (options, _time.GetTimestamp());
        var xml = Encoding.UTF8.GetBytes(GvCameraXml.Describe(options));
        _bytes = new byte[GvRegister.Xml + xml.Length + 512]; // reads are in whole words, and may go past the end
        xml.CopyTo(_bytes, GvRegister.Xml);
        Text(GvRegister.XmlUrl, string.Create(CultureInfo.InvariantCulture, $"Local:gvcamera.xml;{GvRegister.Xml:x};{xml.Length:x}"));
        Text(GvRegister.Manufacturer, "Hardening");
        Text(GvRegister.Model, "GvCamera");
        Text(GvRegister.DeviceVersion, "1");
        Text(GvRegister.Serial, options.Serial);
        address.GetAddressBytes().CopyTo(_bytes, GvRegister.CurrentAddress);
        this[0] = 0x0002_0000;                      // GigE Vision 2.0
        this[4] = 0x8000_0001;                      // big endian, UTF-8
        this[GvRegister.NetworkInterfaces] = 1;
        this[GvRegister.StreamChannels] = 1;
        this[GvRegister.Capability] = (1u << 1) | 1 | (options.CanResend ? 1u << 2 : 0);
        this[GvRegister.HeartbeatTimeout] = (uint)options.HeartbeatMilliseconds;
        Long(GvRegister.TickFrequency, 1_000_000_000);
        this[GvRegister.StreamPacketSize] = (uint)options.PacketSize;
        this[GvRegister.SensorWidth] = (uint)options.SensorWidth;
        this[GvRegister.SensorHeight] = (uint)options.SensorHeight;
        this[GvRegister.Width] = (uint)Math.Min(640, options.SensorWidth);
        this[GvRegister.Height] = (uint)Math.Min(480, options.SensorHeight);
        this[GvRegister.PixelFormat] = 0x01080001;
        this[GvRegister.AcquisitionFrameCount] = 1;
        this[GvRegister.PtpStatus] = (uint)GvPtpStatus.Disabled;
        Double(GvRegister.FrameRate, 25);
        Double(GvRegister.ExposureTime, 5000);
        Double(GvRegister.Temperature, 41.5);
    }

    public int Length => _bytes.Length;

    public uint this[int address]
    {
        get => BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(address));
        set => BinaryPrimitives.WriteUInt32BigEndian(_bytes.AsSpan(address), value);
    }

    public int PixelBytes => (int)(this[GvRegister.PixelFormat] >> 16 & 0xff) / 8;

    public int ImageBytes => (int)(this[GvRegister.Width] * this[GvRegister.Height]) * PixelBytes;

    public int PacketSize => (int)(this[GvRegister.StreamPacketSize] & 0xffff);

    public bool SendsChunks => this[GvRegister.ChunkMode] != 0;

    /// <summary>Nanoseconds: since 1970 when it keeps to a PTP clock, else since it was switched on.</summary>
    public ulong Now => this[GvRegister.PtpEnable] != 0
        ? (ulong)(_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100
        : (ulong)_time.GetElapsedTime(_start).Ticks * 100;

    public static int ChunkBytes(GvChunk chunk) => chunk switch
    {
        GvChunk.LineStatusAll => 4,
        GvChunk.Image => 0,
        _ => 8,
    };

    public bool IsEnabled(GvChunk chunk) => chunk == GvChunk.Image || this[GvRegister.ChunkEnables + (4 * (int)chunk)] != 0;

    public double Double(int address) => BinaryPrimitives.ReadDoubleBigEndian(_bytes.AsSpan(address));

    public void Double(int address, double value) => BinaryPrimitives.WriteDoubleBigEndian(_bytes.AsSpan(address), value);

    public void Long(int address, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(_bytes.AsSpan(address), value);

    /// <summary>What a client reads.</summary>
    public ReadOnlySpan<byte> Read(int address, int length)
    {
        this[GvRegister.PayloadSize] = (uint)(ImageBytes + (SendsChunks ? Enum.GetValues<GvChunk>().Where(IsEnabled).Sum(chunk => 8 + ChunkBytes(chunk)) : 0));
        this[GvRegister.ChunkEnable] = IsEnabled((GvChunk)this[GvRegister.ChunkSelector]) ? 1u : 0;
        return _bytes.AsSpan(address, length);
    }

    /// <summary>What a client writes, as far as it is only kept.</summary>
    public void Write(int address, ReadOnlySpan<byte> value)
    {
        value.CopyTo(_bytes.AsSpan(address));
        switch (address)
        {
            case GvRegister.ChunkEnable:
                this[GvRegister.ChunkEnables + (4 * (int)this[GvRegister.ChunkSelector])] = this[address];
                break;
            case GvRegister.ExposureTime:
                Double(address, Math.Round(Double(address) / 10) * 10); // as cameras do, which count lines
                break;
            case GvRegister.TimestampControl:
                Long(GvRegister.TimestampLatched, Now);
                break;
            case GvRegister.PtpEnable:
                this[GvRegister.PtpStatus] = (uint)(this[address] != 0 ? GvPtpStatus.Slave : GvPtpStatus.Disabled);
                break;
        }
    }

    private void Text(int address, string text) => Encoding.ASCII.GetBytes(text, _bytes.AsSpan(address));
}
