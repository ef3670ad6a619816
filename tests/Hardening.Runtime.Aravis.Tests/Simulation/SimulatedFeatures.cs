using System.Globalization;
using System.Text;

namespace Hardening.Runtime.Aravis.Tests.Simulation;

/// <summary>
/// A description of features for Debian's simulator, which lets it have what its own description leaves out: limits with steps, locks, availability, texts,
/// a PTP clock, chunks. Its registers are plain memory, so that a test plays the camera's part by writing to them under a second name.
/// </summary>
internal sealed class SimulatedFeatures : IDisposable
{
    private readonly StringBuilder _xml = new();
    private readonly List<string> _names = [];

    private SimulatedFeatures(string directory) => Path = System.IO.Path.Combine(directory, $"features-{Guid.NewGuid():N}.xml");

    /// <summary>The file.</summary>
    public string Path { get; }

    public static SimulatedFeatures Write()
    {
        var features = new SimulatedFeatures(System.IO.Path.GetTempPath());
        features.AddStreaming();
        features.AddTriggers();
        features.AddValues();
        features.AddClock();
        features.AddChunks();
        File.WriteAllText(features.Path, features.Compose());
        return features;
    }

    public void Dispose() => File.Delete(Path);

    private void AddStreaming()
    {
        Integer("Width", 0x100, "<Min>1</Min><Max>2048</Max>");
        Integer("Height", 0x104, "<Min>1</Min><Max>2048</Max>");
        Integer("OffsetX", 0x130, "<Min>0</Min><Max>2047</Max>");
        Integer("OffsetY", 0x134, "<Min>0</Min><Max>2047</Max>");
        Integer("SensorWidth", 0x11c, "", access: "RO");
        Integer("SensorHeight", 0x118, "", access: "RO");
        Enumeration("PixelFormat", 0x128, ("Mono8", 0x01080001), ("RGB8", 0x02180014));
        Enumeration("AcquisitionMode", 0x12c, ("Continuous", 1), ("SingleFrame", 2));
        Command("AcquisitionStart", 0x124, 1);
        Command("AcquisitionStop", 0x124, 0);
        Node("""
            <Float Name="AcquisitionFrameRate"><Unit>Hz</Unit><pValue>FrameRateOfPeriod</pValue></Float>
            <Converter Name="FrameRateOfPeriod"><FormulaTo>1000000 / FROM</FormulaTo><FormulaFrom>1000000 / TO</FormulaFrom><pValue>FramePeriod</pValue></Converter>
            <Integer Name="FramePeriod"><pValue>FramePeriodReg</pValue><Min>1000</Min><Max>10000000</Max></Integer>
            """, "AcquisitionFrameRate");
        Register("FramePeriodReg", 0x138, "RW");
        Node("""
            <IntSwissKnife Name="PayloadSize">
              <pVariable Name="W">Width</pVariable><pVariable Name="H">Height</pVariable><pVariable Name="P">PixelFormat</pVariable><pVariable Name="C">ChunkModeActiveReg</pVariable>
              <Formula>W * H * ((P &gt;&gt; 16) &amp; 0xFF) / 8 + C * 64</Formula>
            </IntSwissKnife>
            """, "PayloadSize");
    }

    private void AddTriggers()
    {
        Enumeration("TriggerMode", 0x300, ("Off", 0), ("On", 1));
        Enumeration("TriggerSource", 0x304, ("Line0", 0), ("Software", 1), ("Line1", 2));
        Enumeration("TriggerActivation", 0x308, ("RisingEdge", 0), ("FallingEdge", 1));
        Command("TriggerSoftware", 0x30c, 1);
        Node("""<Float Name="TriggerDelay"><Unit>us</Unit><pValue>TriggerDelayReg</pValue><Min>0</Min><Max>1000000</Max></Float>""", "TriggerDelay");
        Register("TriggerDelayReg", 0x4000, "RW");
    }

    private void AddValues()
    {
        Integer("Gain", 0x4004, "<Min>0</Min><Max>10</Max><Inc>2</Inc><Unit>dB</Unit><Description>How much the signal is amplified.</Description>");
        Node("""<Float Name="Gamma"><pValue>GammaReg</pValue><Min>0.25</Min><Max>4</Max></Float>""", "Gamma");
        Node("""<FloatReg Name="GammaReg"><Address>0x4008</Address><Length>8</Length><AccessMode>RW</AccessMode><pPort>Device</pPort><Endianess>BigEndian</Endianess></FloatReg>""");
        Boolean("LutEnable", 0x4010);
        Node("""<StringReg Name="UserText"><Address>0x4020</Address><Length>16</Length><AccessMode>RW</AccessMode><pPort>Device</pPort></StringReg>""", "UserText");
        Integer("Temperature", 0x4030, "<Unit>C</Unit>", access: "RO");
        Integer("TemperatureOfTest", 0x4030, "");
        Integer("Lock", 0x4034, "<Min>0</Min><Max>1</Max>");
        Integer("Lockable", 0x4038, "<Min>0</Min><Max>5</Max><pIsLocked>Lock</pIsLocked>");
        Integer("Offer", 0x403c, "<Min>0</Min><Max>1</Max>");
        Integer("Offerable", 0x4040, "<Min>0</Min><Max>5</Max><pIsAvailable>Offer</pIsAvailable>");
        Command("UserSetLoad", 0x4044, 7);
        Integer("UserSetLoadOfTest", 0x4044, "");
    }

    private void AddClock()
    {
        Boolean("PtpEnable", 0x4050);
        Command("PtpDataSetLatch", 0x4054, 1);
        Enumeration("PtpStatus", 0x4058, access: "RO", ("Disabled", 3), ("Listening", 4), ("Master", 6), ("Uncalibrated", 8), ("Slave", 9));
        Enumeration("PtpServoStatus", 0x405c, access: "RO", ("Unknown", 0), ("Locked", 1));
        Integer("PtpStatusOfTest", 0x4058, "");
        Integer("PtpServoStatusOfTest", 0x405c, "");
    }

    private void AddChunks()
    {
        Boolean("ChunkModeActive", 0x4060);
        Enumeration("ChunkSelector", 0x4064, ("Image", 0), ("ExposureTime", 1), ("CounterValue", 2), ("Gain", 3));
        Node("""<Boolean Name="ChunkEnable"><pValue>ChunkEnableReg</pValue></Boolean>""", "ChunkEnable");
        Node("""<IntReg Name="ChunkEnableReg"><Address>0x4070</Address><pIndex Offset="4">ChunkSelectorReg</pIndex><Length>4</Length><AccessMode>RW</AccessMode><pPort>Device</pPort><Endianess>BigEndian</Endianess></IntReg>""");
        Integer("ChunkExposureEnabledOfTest", 0x4074, "");
        Integer("ChunkGainEnabledOfTest", 0x407c, "");
        Node("""
            <Float Name="ChunkExposureTime"><pValue>ChunkExposureTimeReg</pValue></Float>
            <FloatReg Name="ChunkExposureTimeReg"><Address>0</Address><Length>8</Length><AccessMode>RO</AccessMode><pPort>ChunkExposurePort</pPort><Endianess>BigEndian</Endianess></FloatReg>
            <Port Name="ChunkExposurePort"><ChunkID>1001</ChunkID></Port>
            <Integer Name="ChunkCounterValue"><pValue>ChunkCounterReg</pValue></Integer>
            <IntReg Name="ChunkCounterReg"><Address>0</Address><Length>4</Length><AccessMode>RO</AccessMode><pPort>ChunkCounterPort</pPort></IntReg>
            <Port Name="ChunkCounterPort"><ChunkID>1002</ChunkID></Port>
            """, "ChunkExposureTime", "ChunkCounterValue");
    }

    private void Integer(string name, int address, string limits, string access = "RW")
    {
        Node($"<Integer Name=\"{name}\">{limits}<pValue>{name}Reg</pValue></Integer>", name);
        Register(name + "Reg", address, access);
    }

    private void Boolean(string name, int address)
    {
        Node($"<Boolean Name=\"{name}\"><pValue>{name}Reg</pValue></Boolean>", name);
        Register(name + "Reg", address, "RW");
    }

    private void Enumeration(string name, int address, params (string Name, int Value)[] entries) => Enumeration(name, address, "RW", entries);

    private void Enumeration(string name, int address, string access, params (string Name, int Value)[] entries)
    {
        Node(
            $"<Enumeration Name=\"{name}\">{string.Concat(entries.Select(entry => string.Create(CultureInfo.InvariantCulture, $"<EnumEntry Name=\"{entry.Name}\"><Value>{entry.Value}</Value></EnumEntry>")))}<pValue>{name}Reg</pValue></Enumeration>", name);
        Register(name + "Reg", address, access);
    }

    private void Command(string name, int address, int value)
    {
        Node(string.Create(CultureInfo.InvariantCulture, $"<Command Name=\"{name}\"><pValue>{name}Reg</pValue><CommandValue>{value}</CommandValue></Command>"), name);
        Register(name + "Reg", address, "WO");
    }

    private void Register(string name, int address, string access) =>
        Node(string.Create(CultureInfo.InvariantCulture, $"<IntReg Name=\"{name}\"><Address>{address}</Address><Length>4</Length><AccessMode>{access}</AccessMode><pPort>Device</pPort><Sign>Unsigned</Sign><Endianess>BigEndian</Endianess></IntReg>"));

    private void Node(string xml, params string[] features)
    {
        _xml.AppendLine(xml);
        _names.AddRange(features);
    }

    private string Compose() =>
        $"""
        <?xml version="1.0" encoding="utf-8"?>
        <RegisterDescription ModelName="Simulated" VendorName="Hardening" StandardNameSpace="GEV" SchemaMajorVersion="1" SchemaMinorVersion="1" SchemaSubMinorVersion="0"
          MajorVersion="1" MinorVersion="0" SubMinorVersion="0" xmlns="http://www.genicam.org/GenApi/Version_1_1">
        <Category Name="Root"><pFeature>All</pFeature></Category>
        <Category Name="All">{string.Concat(_names.Select(name => $"<pFeature>{name}</pFeature>"))}</Category>
        {_xml}
        <Port Name="Device"/>
        </RegisterDescription>
        """;
}
