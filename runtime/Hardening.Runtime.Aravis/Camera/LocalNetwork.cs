using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Hardening.Camera;

/// <summary>A network that this machine is in.</summary>
/// <param name="Interface">The network interface.</param>
/// <param name="Address">This machine's address there.</param>
/// <param name="PrefixLength">How many bits of the address are the network's.</param>
internal sealed record LocalNetwork(string Interface, IPAddress Address, int PrefixLength)
{
    public static IReadOnlyList<LocalNetwork> All() =>
    [
        .. from network in NetworkInterface.GetAllNetworkInterfaces()
           where network.OperationalStatus != OperationalStatus.Down
           from address in network.GetIPProperties().UnicastAddresses
           where address.Address.AddressFamily == AddressFamily.InterNetwork
           select new LocalNetwork(network.Name, address.Address, address.PrefixLength),
    ];

    public bool Contains(IPAddress address) => InSameNetwork(address, Address, PrefixLength);

    public static bool InSameNetwork(IPAddress one, IPAddress other, int prefixLength) =>
        prefixLength == 0 || (Number(one) ^ Number(other)) >> (32 - prefixLength) == 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Interface} ({Address}/{PrefixLength})";

    private static uint Number(IPAddress address) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
}
