namespace Hardening.Camera;

/// <summary>A camera that answered.</summary>
/// <param name="Id">What it calls itself: vendor and serial number, or MAC address where it has none.</param>
/// <param name="Address">Its IPv4 address.</param>
/// <param name="Vendor">Who made it.</param>
/// <param name="Model">Which model it is.</param>
/// <param name="SerialNumber">Its serial number; empty where it does not tell.</param>
public sealed record AravisCamera(string Id, string Address, string Vendor, string Model, string SerialNumber)
{
    /// <summary>Its MAC address, as <c>00:11:22:AA:BB:CC</c>.</summary>
    public string MacAddress { get; init; } = "";

    /// <summary>The name that its user gave it; empty where there is none.</summary>
    public string UserName { get; init; } = "";

    /// <summary>The network interface of this machine on which it answered.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The IPv4 address of this machine there.</summary>
    public string InterfaceAddress { get; init; } = "";

    /// <summary>Whether it can be opened from there: it and this machine are in one subnet.</summary>
    public bool IsReachable => Obstacle is null;

    /// <summary>Why it cannot be opened from there, with both addresses; null when it can.</summary>
    public string? Obstacle { get; init; }

    internal bool IsNamed(string name) =>
        Id == name || (SerialNumber == name && name.Length > 0) || (UserName == name && name.Length > 0) || Address == name
        || string.Equals(Plain(MacAddress), Plain(name), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string mac) => mac.Replace(":", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
}
