using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Hardening.Camera;

/// <summary>
/// Reads from a camera's own description (GenICam XML) where in the chunks a value is. libaravis 0.8.26 could read the values, but finds none in frames of the
/// older of the two chunk formats, prints a warning for each that is missing, and trusts the sizes that came.
/// </summary>
internal sealed class ChunkDescription
{
    private const int MostSteps = 16; // from a feature to its register; more is a circle

    private readonly Dictionary<string, XElement> _nodes = new(StringComparer.Ordinal);

    /// <exception cref="XmlException">It is no XML.</exception>
    public ChunkDescription(Stream xml)
    {
        using var reader = XmlReader.Create(xml, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        foreach (var element in XDocument.Load(reader).Descendants())
        {
            if (element.Attribute("Name") is { } name && element.Name.LocalName != "EnumEntry")
            {
                _nodes[name.Value] = element;
            }
        }
    }

    /// <returns>The value, or why there is none.</returns>
    public (ChunkValue? Value, string? Obstacle) Find(string name)
    {
        var node = Node(name);
        for (var step = 0; step < MostSteps; step++)
        {
            switch (node?.Name.LocalName)
            {
                case null:
                    return (null, step == 0 ? "it has no such feature" : "its description leads nowhere");
                case "Integer" or "Float" or "Boolean" or "Enumeration":
                    node = Node(Text(node, "pValue"));
                    break;
                case "IntReg" or "MaskedIntReg" or "FloatReg":
                    return Register(name, node, node);
                case "StructEntry":
                    return Register(name, node, node.Parent!);
                case var kind:
                    return (null, $"it is computed ({kind} {node.Attribute("Name")?.Value}), which is not supported for chunks");
            }
        }

        return (null, "its description runs in a circle");
    }

    private (ChunkValue? Value, string? Obstacle) Register(string name, XElement node, XElement register)
    {
        if (Text(Node(Text(register, "pPort")), "ChunkID") is not { } id)
        {
            return (null, "it does not come with frames");
        }

        var addresses = Elements(register, "Address").Select(address => Number(address.Value)).ToArray();
        if (!uint.TryParse(id.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? id[2..] : id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var chunk)
            || addresses.Contains(null) || Elements(register, "pAddress").Concat(Elements(register, "pIndex")).Concat(Elements(register, "IntSwissKnife")).Any()
            || Number(Text(register, "Length")) is not (>= 1 and <= 8 and var length) || addresses.Sum() is not (>= 0 and < 1 << 24 and var offset))
        {
            return (null, "its place in the chunk is computed, which is not supported");
        }

        var isFloat = node.Name.LocalName == "FloatReg";
        if (isFloat && length is not (4 or 8))
        {
            return (null, $"it is a floating-point number of {length} bytes");
        }

        var isBigEndian = Text(register, "Endianess") == "BigEndian";
        var (least, most) = (Number(Text(node, "LSB") ?? Text(node, "Bit")), Number(Text(node, "MSB") ?? Text(node, "Bit")));
        var value = new ChunkValue(name, chunk, (int)offset, (int)length)
        {
            IsFloat = isFloat,
            IsBigEndian = isBigEndian,
            IsSigned = (Text(node, "Sign") ?? Text(register, "Sign")) == "Signed",
        };
        if (least is null || most is null)
        {
            return (value, null);
        }

        // In registers with the highest byte first, bits are counted from the highest.
        var (low, high) = isBigEndian ? ((length * 8) - 1 - least.Value, (length * 8) - 1 - most.Value) : (least.Value, most.Value);
        return low >= 0 && high >= low && high < length * 8
            ? (value with { LowBit = (int)low, Bits = (int)(high - low) + 1 }, null)
            : (null, "its bits are not in its register");
    }

    private XElement? Node(string? name) => name is null ? null : _nodes.GetValueOrDefault(name);

    private static IEnumerable<XElement> Elements(XElement node, string name) => node.Elements().Where(element => element.Name.LocalName == name);

    private static string? Text(XElement? node, string name) => node is null ? null : Elements(node, name).FirstOrDefault()?.Value.Trim();

    private static long? Number(string? text) => text is not null && FeatureText.TryInteger(text, out var value) ? value : null;
}
