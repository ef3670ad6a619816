using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Numerics;
using System.Text;

namespace Hardening.Interop;

/// <summary>The one exchange of GigE Vision's control protocol that is needed before a camera is opened: who are you.</summary>
internal static class Gvcp
{
    public const int ControlPort = 3956;

    private const int HeaderBytes = 8;
    private const int MacOffset = 0x0a;
    private const int AddressOffset = 0x24;
    private const int MaskOffset = 0x34;
    private const int VendorOffset = 0x48;
    private const int ModelOffset = 0x68;
    private const int SerialOffset = 0xd8;
    private const int UserNameOffset = 0xe8;
    private const int AnswerBytes = HeaderBytes + 0xf8;

    /// <summary>DISCOVERY_CMD: key, flags (acknowledge), command, length of what follows, number of the request.</summary>
    public static ReadOnlySpan<byte> Discovery => [0x42, 0x01, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01];

    /// <summary>The same, and the answer may be broadcast: a camera in another subnet has no other way to answer.</summary>
    public static ReadOnlySpan<byte> DiscoveryWithBroadcastAnswer => [0x42, 0x11, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01];

    /// <summary>Whether it is an answer to a discovery.</summary>
    public static bool IsAnswer(ReadOnlySpan<byte> packet) => packet.Length >= HeaderBytes && packet[..4].SequenceEqual<byte>([0x00, 0x00, 0x00, 0x03]);

    /// <summary>Reads an answer to a discovery; null when it is none.</summary>
    public static GvcpIdentity? Read(ReadOnlySpan<byte> packet)
    {
        if (!IsAnswer(packet) || packet.Length < AnswerBytes)
        {
            return null;
        }

        var data = packet[HeaderBytes..];
        return new GvcpIdentity(
            new PhysicalAddress(data.Slice(MacOffset, 6).ToArray()),
            new IPAddress(data.Slice(AddressOffset, 4)),
            BitOperations.PopCount(BinaryPrimitives.ReadUInt32BigEndian(data[MaskOffset..])),
            Text(data.Slice(VendorOffset, 32)), Text(data.Slice(ModelOffset, 32)), Text(data.Slice(SerialOffset, 16)), Text(data.Slice(UserNameOffset, 16)));
    }

    private static string Text(ReadOnlySpan<byte> field) =>
        Encoding.UTF8.GetString(field.IndexOf((byte)0) is >= 0 and var end ? field[..end] : field).Trim();
}

/// <summary>What a camera says of itself.</summary>
internal sealed record GvcpIdentity(
    PhysicalAddress Mac, IPAddress Address, int PrefixLength, string Vendor, string Model, string SerialNumber, string UserName);
