using System.Globalization;
using System.Text;

namespace Hardening.Runtime.Aravis.Tests.Simulation;

/// <summary>The GenICam description of the simulated camera.</summary>
internal static class GvCameraXml
{
    private static readonly (string, long)[] PixelFormats = [("Mono8", 0x01080001), ("Mono16", 0x01100007), ("BayerRG8", 0x01080009), ("RGB8", 0x02180014)];

    public static string Describe(GvCameraOptions options)
    {
        var categories = new StringBuilder();
        var nodes = new StringBuilder();

        Category("DeviceControl", "DeviceVendorName", "DeviceModelName", "DeviceVersion", "DeviceSerialNumber", "DeviceUserID", "DeviceTemperature", "TimestampLatch", "TimestampLatchValue", "WriteProtected");
        Text("DeviceVendorName", GvRegister.Manufacturer, 32, "RO");
        Text("DeviceModelName", GvRegister.Model, 32, "RO");
        Text("DeviceVersion", GvRegister.DeviceVersion, 32, "RO");
        Text("DeviceSerialNumber", GvRegister.Serial, 16, "RO");
        Text("DeviceUserID", GvRegister.UserName, 16, "RW");
        Float("DeviceTemperature", GvRegister.Temperature, -40, 120, "C", "RO");
        Command("TimestampLatch", GvRegister.TimestampControl, 2);
        Integer("TimestampLatchValue", GvRegister.TimestampLatched, "RO", bytes: 8);
        Integer("WriteProtected", GvRegister.WriteProtected, "RW", "<Min>0</Min><Max>10</Max>");

        Category("ImageFormatControl", "SensorWidth", "SensorHeight", "Width", "Height", "OffsetX", "OffsetY", "PixelFormat");
        Integer("SensorWidth", GvRegister.SensorWidth, "RO");
        Integer("SensorHeight", GvRegister.SensorHeight, "RO");
        Integer("Width", GvRegister.Width, "RW", $"<Min>16</Min><Max>{options.SensorWidth}</Max><Inc>4</Inc>");
        Integer("Height", GvRegister.Height, "RW", $"<Min>2</Min><Max>{options.SensorHeight}</Max><Inc>2</Inc>");
        Integer("OffsetX", GvRegister.OffsetX, "RW", "<Min>0</Min><pMax>OffsetXMax</pMax><Inc>4</Inc>");
        Integer("OffsetY", GvRegister.OffsetY, "RW", "<Min>0</Min><pMax>OffsetYMax</pMax><Inc>2</Inc>");
        Knife("OffsetXMax", "SensorWidth", "Width");
        Knife("OffsetYMax", "SensorHeight", "Height");
        Choice("PixelFormat", GvRegister.PixelFormat, "RW", PixelFormats);

        Category("AcquisitionControl", "AcquisitionMode", "AcquisitionStart", "AcquisitionStop", "AcquisitionFrameCount", "AcquisitionFrameRate", "TriggerSelector", "TriggerMode", "TriggerSource", "TriggerActivation", "TriggerSoftware", "ExposureTime", "Gain", "LineStatusAll");
        Choice("AcquisitionMode", GvRegister.AcquisitionMode, "RW", ("Continuous", 0), ("SingleFrame", 1), ("MultiFrame", 2));
        Command("AcquisitionStart", GvRegister.AcquisitionStart, 1);
        Command("AcquisitionStop", GvRegister.AcquisitionStop, 1);
        Integer("AcquisitionFrameCount", GvRegister.AcquisitionFrameCount, "RW", "<Min>1</Min><Max>65535</Max>");
        Float("AcquisitionFrameRate", GvRegister.FrameRate, 0.1, 1000, "Hz", "RW");
        Choice("TriggerSelector", GvRegister.TriggerSelector, "RW", ("FrameStart", 0));
        Choice("TriggerMode", GvRegister.TriggerMode, "RW", ("Off", 0), ("On", 1));
        Choice("TriggerSource", GvRegister.TriggerSource, "RW", ("Software", 0), ("Line0", 1), ("Line1", 2));
        Choice("TriggerActivation", GvRegister.TriggerActivation, "RW", ("RisingEdge", 0), ("FallingEdge", 1));
        Command("TriggerSoftware", GvRegister.TriggerSoftware, 1);
        Float("ExposureTime", GvRegister.ExposureTime, 10, 1_000_000, "us", "RW");
        Float("Gain", GvRegister.Gain, 0, 24, "dB", "RW");
        Integer("LineStatusAll", GvRegister.LineStatus, "RO");

        Category("ChunkDataControl", "ChunkModeActive", "ChunkSelector", "ChunkEnable", "ChunkTimestamp", "ChunkExposureTime", "ChunkGain", "ChunkFrameID", "ChunkLineStatusAll");
        Boolean("ChunkModeActive", GvRegister.ChunkMode);
        Choice("ChunkSelector", GvRegister.ChunkSelector, "RW", [.. Enum.GetValues<GvChunk>().Select(chunk => (chunk.ToString(), (long)chunk))]);
        Boolean("ChunkEnable", GvRegister.ChunkEnable);
        Integer("ChunkTimestamp", 0, "RO", bytes: 8, port: Port(GvChunk.Timestamp));
        Float("ChunkExposureTime", 0, 10, 1_000_000, "us", "RO", Port(GvChunk.ExposureTime));
        Float("ChunkGain", 0, 0, 24, "dB", "RO", Port(GvChunk.Gain));
        Integer("ChunkFrameID", 0, "RO", bytes: 8, port: Port(GvChunk.FrameID));
        Integer("ChunkLineStatusAll", 0, "RO", port: Port(GvChunk.LineStatusAll));

        Category("TransportLayerControl", ["PayloadSize", "GevSCPSPacketSize", "GevSCPD", "GevHeartbeatTimeout", .. options.CanFireTestPackets ? ["GevSCPSFireTestPacket", "GevSCPSDoNotFragment"] : Array.Empty<string>(), .. options.HasPtp ? ["PtpEnable", "PtpStatus", "PtpDataSetLatch", "PtpOffsetFromMaster"] : Array.Empty<string>()]);
        Integer("PayloadSize", GvRegister.PayloadSize, "RO");
        nodes.Append(CultureInfo.InvariantCulture, $"<Integer Name=\"GevSCPSPacketSize\"><pValue>GevSCPSPacketSizeReg</pValue><Min>220</Min><Max>{options.MaxPacketSize}</Max><Inc>4</Inc></Integer>");
        Masked("GevSCPSPacketSizeReg", "<LSB>31</LSB><MSB>16</MSB>");
        Integer("GevSCPD", GvRegister.StreamPacketDelay, "RW", "<Min>0</Min><Max>100000000</Max>");
        Integer("GevHeartbeatTimeout", GvRegister.HeartbeatTimeout, "RW", "<Min>500</Min><Max>60000</Max>");
        if (options.CanFireTestPackets)
        {
            nodes.Append("<Command Name=\"GevSCPSFireTestPacket\"><pValue>FireTestPacketReg</pValue><CommandValue>1</CommandValue></Command>");
            Masked("FireTestPacketReg", "<Bit>0</Bit>");
            nodes.Append("<Boolean Name=\"GevSCPSDoNotFragment\"><pValue>DoNotFragmentReg</pValue></Boolean>");
            Masked("DoNotFragmentReg", "<Bit>1</Bit>");
        }

        if (options.HasPtp)
        {
            Boolean("PtpEnable", GvRegister.PtpEnable);
            Choice("PtpStatus", GvRegister.PtpStatus, "RO", [.. Enum.GetValues<GvPtpStatus>().Select(status => (status.ToString(), (long)status))]);
            Command("PtpDataSetLatch", GvRegister.PtpLatch, 1);
            Integer("PtpOffsetFromMaster", GvRegister.PtpOffset, "RO", bytes: 8, sign: "Signed");
        }

        return "<?xml version=\"1.0\" encoding=\"utf-8\"?><RegisterDescription ModelName=\"GvCamera\" VendorName=\"Hardening\" StandardNameSpace=\"None\" SchemaMajorVersion=\"1\" SchemaMinorVersion=\"1\" SchemaSubMinorVersion=\"0\" MajorVersion=\"1\" MinorVersion=\"0\" SubMinorVersion=\"0\" ProductGuid=\"0\" VersionGuid=\"0\" xmlns=\"http://www.genicam.org/GenApi/Version_1_1\">"
            + $"<Category Name=\"Root\">{categories}</Category>{nodes}<Port Name=\"Device\"/></RegisterDescription>\n";

        void Category(string name, params ReadOnlySpan<string> features)
        {
            categories.Append(CultureInfo.InvariantCulture, $"<pFeature>{name}</pFeature>");
            nodes.Append(CultureInfo.InvariantCulture, $"<Category Name=\"{name}\">");
            foreach (var feature in features)
            {
                nodes.Append(CultureInfo.InvariantCulture, $"<pFeature>{feature}</pFeature>");
            }

            nodes.Append("</Category>");
        }

        string Port(GvChunk chunk)
        {
            nodes.Append(CultureInfo.InvariantCulture, $"<Port Name=\"Chunk{chunk}Port\"><ChunkID>{0x1000 + (int)chunk:x8}</ChunkID></Port>");
            return $"Chunk{chunk}Port";
        }

        void Register(string kind, string name, int address, int bytes, string access, string rest, string port) => nodes.Append(CultureInfo.InvariantCulture,
            $"<{kind} Name=\"{name}\"><Address>0x{address:x}</Address><Length>{bytes}</Length><AccessMode>{access}</AccessMode><pPort>{port}</pPort><Cachable>NoCache</Cachable>{rest}</{kind}>");

        void Masked(string name, string bits) => Register("MaskedIntReg", name, GvRegister.StreamPacketSize, 4, "RW", bits + "<Sign>Unsigned</Sign><Endianess>BigEndian</Endianess>", "Device");

        void Text(string name, int address, int bytes, string access) => Register("StringReg", name, address, bytes, access, "", "Device");

        void Integer(string name, int address, string access, string limits = "", int bytes = 4, string port = "Device", string sign = "Unsigned")
        {
            nodes.Append(CultureInfo.InvariantCulture, $"<Integer Name=\"{name}\"><pValue>{name}Reg</pValue>{limits}</Integer>");
            Register("IntReg", name + "Reg", address, bytes, access, $"<Sign>{sign}</Sign><Endianess>BigEndian</Endianess>", port);
        }

        void Float(string name, int address, double least, double most, string unit, string access, string port = "Device")
        {
            nodes.Append(CultureInfo.InvariantCulture, $"<Float Name=\"{name}\"><pValue>{name}Reg</pValue><Min>{least}</Min><Max>{most}</Max><Unit>{unit}</Unit></Float>");
            Register("FloatReg", name + "Reg", address, 8, access, "<Endianess>BigEndian</Endianess>", port);
        }

        void Choice(string name, int address, string access, params ReadOnlySpan<(string Entry, long Value)> entries)
        {
            nodes.Append(CultureInfo.InvariantCulture, $"<Enumeration Name=\"{name}\">");
            foreach (var (entry, value) in entries)
            {
                nodes.Append(CultureInfo.InvariantCulture, $"<EnumEntry Name=\"{entry}\"><Value>{value}</Value></EnumEntry>");
            }

            nodes.Append(CultureInfo.InvariantCulture, $"<pValue>{name}Reg</pValue></Enumeration>");
            Register("IntReg", name + "Reg", address, 4, access, "<Sign>Unsigned</Sign><Endianess>BigEndian</Endianess>", "Device");
        }

        void Boolean(string name, int address)
        {
            nodes.Append(CultureInfo.InvariantCulture, $"<Boolean Name=\"{name}\"><pValue>{name}Reg</pValue><OnValue>1</OnValue><OffValue>0</OffValue></Boolean>");
            Register("IntReg", name + "Reg", address, 4, "RW", "<Sign>Unsigned</Sign><Endianess>BigEndian</Endianess>", "Device");
        }

        void Command(string name, int address, int value)
        {
            nodes.Append(CultureInfo.InvariantCulture, $"<Command Name=\"{name}\"><pValue>{name}Reg</pValue><CommandValue>{value}</CommandValue></Command>");
            Register("IntReg", name + "Reg", address, 4, "RW", "<Sign>Unsigned</Sign><Endianess>BigEndian</Endianess>", "Device");
        }

        void Knife(string name, string whole, string part) => nodes.Append(CultureInfo.InvariantCulture,
            $"<IntSwissKnife Name=\"{name}\"><pVariable Name=\"WHOLE\">{whole}</pVariable><pVariable Name=\"PART\">{part}</pVariable><Formula>WHOLE - PART</Formula></IntSwissKnife>");
    }
}
