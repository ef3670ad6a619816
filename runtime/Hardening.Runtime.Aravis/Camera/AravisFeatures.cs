using System.Globalization;
using Hardening.Interop;

namespace Hardening.Camera;

/// <summary>
/// The features of an open camera by name, live. Any thread may ask, also while frames are read; calls take turns, each for a millisecond or so, and for
/// 2.5 s at most for each register when the camera does not answer. Frames go on meanwhile.
/// </summary>
/// <remarks>
/// What is set is checked against the camera's own limits before, and read back after. What is set here holds until the camera is opened again: what shall
/// survive that belongs into <see cref="AravisFrameSourceOptions.Features"/>. Frames of another size or format than the camera had when it was opened are
/// delivered as <see cref="FrameStatus.WrongSize"/>. Every refusal is a <see cref="FrameSourceException"/> that says what was asked, what the camera has, and what it allows.
/// </remarks>
public sealed class AravisFeatures
{
    private readonly string _source;
    private volatile AravisDevice? _device;

    internal AravisFeatures(string source) => _source = source;

    /// <summary>Whether the camera is open, so that it can be asked.</summary>
    public bool IsOpen => _device is not null;

    /// <summary>The names of the camera's features, in the order of its own description.</summary>
    public IReadOnlyList<string> List() => Use("list its features", device => device.ListFeatures());

    /// <summary>Whether the camera has this feature, and offers it with its present settings.</summary>
    public bool IsAvailable(string name) => Use($"look for {name}", device => device.IsOffered(name));

    /// <summary>What the camera says of a feature: type, access, limits, entries, value.</summary>
    public AravisFeature Describe(string name) => Use($"describe {name}", device => device.Describe(name));

    /// <summary>The value as text, whatever the type; numbers in the invariant culture.</summary>
    public string Get(string name) => Use($"read {name}", device => device.ReadText(name));

    /// <summary>Sets a value from text, as its type demands; numbers in the invariant culture, whole ones also as <c>0x1F</c>. A command is executed.</summary>
    public void Set(string name, string value) => Use($"set {name} to {value}", device => device.WriteText(name, value));

    /// <summary>A whole number.</summary>
    public long GetInteger(string name) => Use($"read {name}", device => device.ReadInteger(name));

    /// <summary>Sets a whole number within the limits of this moment.</summary>
    public void SetInteger(string name, long value) => Use(FormattableString.Invariant($"set {name} to {value}"), device => device.WriteInteger(name, value));

    /// <summary>A number.</summary>
    public double GetFloat(string name) => Use($"read {name}", device => device.ReadFloat(name));

    /// <summary>Sets a number within the limits of this moment.</summary>
    /// <returns>What the camera made of it: the same but for 1 % or its own step, since cameras round.</returns>
    public double SetFloat(string name, double value) => Use(string.Create(CultureInfo.InvariantCulture, $"set {name} to {value}"), device => device.WriteFloat(name, value));

    /// <summary>True or false.</summary>
    public bool GetBoolean(string name) => Use($"read {name}", device => device.ReadBoolean(name));

    /// <summary>Switches a feature on or off.</summary>
    public void SetBoolean(string name, bool value) => Use($"set {name} to {value}", device => device.WriteBoolean(name, value));

    /// <summary>A text.</summary>
    public string GetString(string name) => Use($"read {name}", device => device.ReadString(name));

    /// <summary>Sets a text.</summary>
    public void SetString(string name, string value) => Use($"set {name} to '{value}'", device => device.WriteString(name, value));

    /// <summary>The name of the entry that an enumeration has.</summary>
    public string GetEnumeration(string name) => Use($"read {name}", device => device.ReadEnumeration(name));

    /// <summary>Chooses an entry of an enumeration by its name.</summary>
    public void SetEnumeration(string name, string entry) => Use($"set {name} to {entry}", device => device.WriteEnumeration(name, entry));

    /// <summary>Executes a command. Returns when the camera has acknowledged it, not when it is done.</summary>
    public void Execute(string name) => Use($"execute {name}", device => device.ExecuteCommand(name));

    internal void Attach(AravisDevice device) => _device = device;

    internal void Detach() => _device = null;

    internal void Use(string what, Action<AravisDevice> ask) =>
        Use(what, device =>
        {
            ask(device);
            return true;
        });

    internal T Use<T>(string what, Func<AravisDevice, T> ask)
    {
        var device = _device ?? throw Closed(what);
        using var turn = device.TakeTurn(what);
        if (_device != device)
        {
            throw Closed(what); // meanwhile
        }

        if (device.ControlLost.IsSet)
        {
            throw device.Refused($"it is gone, so nobody can {what}");
        }

        try
        {
            return ask(device);
        }
        catch (AravisException e)
        {
            throw device.Failed($"it refuses to {what}, or does not answer", e);
        }
    }

    private FrameSourceException Closed(string what) =>
        new(_source, $"Camera '{_source}' is not open, so nobody can {what}: features can be used from {nameof(AravisFrameSource.Open)} on, and not while it is opened again.");
}
