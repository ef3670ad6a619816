namespace Hardening.Camera;

/// <summary>How a camera names what belongs to IEEE 1588 (PTP): the standard has changed its mind, and vendors were earlier.</summary>
/// <param name="Enable">Switches it on.</param>
/// <param name="Latch">To be executed before the state is read; null where it is always up to date.</param>
/// <param name="Status">The state of the protocol.</param>
/// <param name="Servo">Whether the clock itself has settled; null where the camera does not say.</param>
internal sealed record PtpClock(string Enable, string? Latch, string Status, string? Servo)
{
    private static readonly string[] Enables = ["PtpEnable", "GevIEEE1588", "ptpMode"];
    private static readonly string[] Latches = ["PtpDataSetLatch", "GevIEEE1588DataSetLatch", "GevIEEE1588Latch"];
    private static readonly string[] States = ["PtpStatus", "GevIEEE1588StatusLatched", "GevIEEE1588Status", "ptpStatus"];
    private static readonly string[] Servos = ["PtpServoStatus", "ptpServoStatus"];
    private static readonly string[] ModesOff = ["Off", "Disabled"];
    private static readonly string[] ModesOn = ["Automatic", "Auto", "Slave", "On"];

    /// <summary>Null where the camera has none of it.</summary>
    public static PtpClock? Find(AravisDevice device) =>
        First(device, Enables) is { } enable && First(device, States) is { } status
            ? new PtpClock(enable, First(device, Latches), status, First(device, Servos))
            : null;

    /// <summary>Switches it on or off as the options ask.</summary>
    public static void Apply(AravisDevice device, bool? isWanted)
    {
        if (isWanted is not { } wanted)
        {
            return;
        }

        if (Find(device) is { } clock)
        {
            clock.Switch(device, wanted);
        }
        else if (wanted)
        {
            throw device.Refused($"its clock cannot follow the network's: it has none of {string.Join(", ", Enables)}");
        }
    }

    public bool IsEnabled(AravisDevice device) => device.Describe(Enable).Type == AravisFeatureType.Boolean
        ? device.ReadBoolean(Enable)
        : !ModesOff.Contains(device.ReadState(Enable));

    /// <summary>Asks the camera for the state of its clock.</summary>
    public PtpState Read(AravisDevice device)
    {
        if (Latch is not null)
        {
            device.ExecuteCommand(Latch);
        }

        var status = device.ReadState(Status);
        var servo = Servo is not null && device.IsOffered(Servo) ? device.ReadState(Servo) : null;

        // A master sets the time itself; a slave has it once its servo has settled, where it tells of one.
        var isLocked = status.EndsWith("Master", StringComparison.OrdinalIgnoreCase) && !status.StartsWith("Pre", StringComparison.OrdinalIgnoreCase);
        isLocked |= string.Equals(status, "Slave", StringComparison.OrdinalIgnoreCase) && servo is null or "Locked";
        return new PtpState(isLocked, servo is null ? status : $"{status}, servo {servo}");
    }

    private void Switch(AravisDevice device, bool isOn)
    {
        if (device.Describe(Enable).Type == AravisFeatureType.Boolean)
        {
            device.WriteBoolean(Enable, isOn);
            return;
        }

        var (entries, wanted) = (device.Entries(Enable), isOn ? ModesOn : ModesOff);
        device.WriteEnumeration(Enable, wanted.FirstOrDefault(entries.Contains) ?? wanted[0]);
    }

    private static string? First(AravisDevice device, string[] names) => Array.Find(names, device.IsOffered);
}

/// <summary>The state of a clock that may follow the network's.</summary>
/// <param name="IsLocked">Whether its time is the network's.</param>
/// <param name="Description">In the camera's terms.</param>
internal sealed record PtpState(bool IsLocked, string Description);
