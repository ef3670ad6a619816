using System.Runtime.InteropServices;

namespace Hardening.Camera;

/// <summary>
/// Values that a device sent with one frame (GenICam chunk data: exposure time, gain, counters, line states). A source has one of these for each of its buffers and
/// fills it anew for each frame, so that nothing is allocated: read it while the frame is leased, and copy what is to be kept.
/// </summary>
/// <remarks>Written by the source's thread before the frame is published; read by any thread after that.</remarks>
public sealed class FrameMetadata
{
    private readonly string[] _names;
    private readonly Value[] _values;

    /// <summary>Makes room for these values.</summary>
    /// <param name="names">Their names, each once, in the device's own terms, such as <c>ChunkExposureTime</c>.</param>
    public FrameMetadata(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        _names = [.. names];
        if (_names.Distinct(StringComparer.Ordinal).Count() != _names.Length)
        {
            throw new ArgumentException($"A name occurs twice: {string.Join(", ", _names)}.", nameof(names));
        }

        _values = new Value[_names.Length];
    }

    /// <summary>The names of all values, present or not.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Forgets the values of the frame before.</summary>
    public void Clear() => Array.Clear(_values);

    /// <summary>Sets the value at this place of <see cref="Names"/>.</summary>
    public void Set(int index, long value) => _values[index] = new(ValueKind.Integer, value);

    /// <inheritdoc cref="Set(int, long)"/>
    public void Set(int index, double value) => _values[index] = new(ValueKind.Float, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A value that came with the frame as a whole number.</summary>
    public bool TryGetInteger(string name, out long value)
    {
        var entry = Find(name);
        value = entry.Kind == ValueKind.Integer ? entry.Bits : 0;
        return entry.Kind == ValueKind.Integer;
    }

    /// <summary>A value that came with the frame, whole numbers included.</summary>
    public bool TryGetFloat(string name, out double value)
    {
        var entry = Find(name);
        value = entry.Kind == ValueKind.Float ? BitConverter.Int64BitsToDouble(entry.Bits) : entry.Bits;
        return entry.Kind != ValueKind.None;
    }

    private Value Find(string name) => Array.IndexOf(_names, name) is >= 0 and var index ? _values[index] : default;

    private enum ValueKind
    {
        None,
        Integer,
        Float,
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Value(ValueKind Kind, long Bits);
}
