using System.Net;
using Hardening.Interop;

namespace Hardening.Camera;

/// <summary>The GigE Vision cameras on the networks of this machine. Nothing here needs libaravis, and any thread may ask.</summary>
public static class AravisCameras
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostLimit = TimeSpan.FromMinutes(1);

    /// <summary>Asks by broadcast who is there, and waits for answers: for setting up, not for production.</summary>
    /// <param name="limit">How long it waits, up to 1 min; null: 1 s, which every camera keeps that has not been told to answer later.</param>
    /// <param name="interfaceAddress">The IPv4 address of this machine on whose network it asks; null: on every one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The cameras that answered, each once, those of another subnet too.</returns>
    /// <exception cref="FrameSourceException">This machine has no such address.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static IReadOnlyList<AravisCamera> Discover(TimeSpan? limit = null, string? interfaceAddress = null, CancellationToken cancellationToken = default)
    {
        var wait = limit ?? DefaultLimit;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(wait, TimeSpan.Zero, nameof(limit));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wait, MostLimit, nameof(limit));
        var all = LocalNetwork.All();
        var asked = all;
        if (interfaceAddress is not null)
        {
            var address = IPAddress.Parse(interfaceAddress);
            asked = [.. all.Where(network => network.Address.Equals(address))];
            if (asked.Count == 0)
            {
                throw new FrameSourceException("discovery", $"{address} is not an IPv4 address of this machine, so nobody can be asked from there; there are {string.Join(", ", all)}.");
            }
        }

        using var broadcast = new GvcpBroadcast(asked);
        return
        [
            .. from answer in broadcast.Ask(wait, TimeProvider.System, cancellationToken)
               let camera = Describe(answer.Identity, answer.Network, all)
               orderby camera.IsReachable descending
               group camera by (camera.MacAddress, camera.Address, camera.SerialNumber) into same
               select same.First() into camera
               orderby camera.Id, camera.Address
               select camera,
        ];
    }

    /// <summary>Finds the one camera that has this id, serial number, MAC address, user-given name or address.</summary>
    /// <param name="device">Any of them.</param>
    /// <param name="limit">As for <see cref="Discover"/>.</param>
    /// <param name="interfaceAddress">As for <see cref="Discover"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FrameSourceException">None or several have it, or it cannot be reached from this machine; the message says which there are, and why.</exception>
    public static AravisCamera Find(string device, TimeSpan? limit = null, string? interfaceAddress = null, CancellationToken cancellationToken = default) =>
        Find("discovery", device, limit, interfaceAddress, cancellationToken);

    internal static AravisCamera Find(string source, string device, TimeSpan? limit, string? interfaceAddress, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(device);
        var cameras = Discover(limit, interfaceAddress, cancellationToken);
        var found = cameras.Where(camera => camera.IsNamed(device)).ToArray();
        return found switch
        {
            [{ IsReachable: true } one] => one,
            [var one] => throw new FrameSourceException(source, $"'{device}' was found (camera '{source}'), and cannot be reached: {one.Obstacle}."),
            [] => throw new FrameSourceException(source, $"There is no GigE Vision camera '{device}' (camera '{source}'); found were {List(cameras)}. Check the cable and the network, or give its address."),
            _ => throw new FrameSourceException(source, $"'{device}' is the name of several GigE Vision cameras (camera '{source}'): {List(found)}. Give the address of the one that is meant."),
        };
    }

    private static AravisCamera Describe(GvcpIdentity identity, LocalNetwork network, IReadOnlyList<LocalNetwork> all)
    {
        var there = all.FirstOrDefault(own => own.Interface == network.Interface && own.Contains(identity.Address)) ?? network;
        var (contains, isContained) = (there.Contains(identity.Address), LocalNetwork.InSameNetwork(there.Address, identity.Address, identity.PrefixLength));
        return new AravisCamera(
            $"{identity.Vendor}-{(identity.SerialNumber.Length > 0 ? identity.SerialNumber : identity.Mac)}", identity.Address.ToString(), identity.Vendor, identity.Model, identity.SerialNumber)
        {
            MacAddress = string.Join(':', identity.Mac.GetAddressBytes().Select(part => part.ToString("X2", null))),
            UserName = identity.UserName,
            Interface = there.Interface,
            InterfaceAddress = there.Address.ToString(),
            Obstacle = contains && isContained ? null
                : $"its address {identity.Address}/{identity.PrefixLength} and that of this machine, {there.Address}/{there.PrefixLength} on {there.Interface}, are not in one subnet. Change either, the camera's with its maker's tool",
        };
    }

    private static string List(IReadOnlyCollection<AravisCamera> cameras) =>
        cameras.Count == 0 ? "none" : string.Join(", ", cameras.Select(camera => $"{camera.Id} at {camera.Address}{(camera.IsReachable ? "" : " (another subnet)")}"));
}
