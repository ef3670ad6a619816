using System.Xml;

namespace Hardening.Camera;

/// <summary>Makes a camera send values with its frames.</summary>
internal static class AravisChunks
{
    private const string ModeFeature = "ChunkModeActive";
    private const string SelectorFeature = "ChunkSelector";
    private const string EnableFeature = "ChunkEnable";
    private const string ImageEntry = "Image"; // the picture itself: not to be switched off
    private const string Prefix = "Chunk";

    /// <returns>Where the values are; empty when none were asked for.</returns>
    public static IReadOnlyList<ChunkValue> Apply(AravisDevice device, IReadOnlyList<string>? names)
    {
        if (names is null)
        {
            return [];
        }

        if (names.Count == 0)
        {
            if (device.IsOffered(ModeFeature))
            {
                device.WriteBoolean(ModeFeature, false);
            }

            return [];
        }

        if (!device.IsOffered(ModeFeature))
        {
            throw device.Refused($"it sends no values with its frames: it has no {ModeFeature}");
        }

        var values = Find(device, names);
        device.WriteBoolean(ModeFeature, true);
        if (device.IsOffered(SelectorFeature))
        {
            Select(device, names);
            device.WriteBoolean(ModeFeature, true); // some cameras switch it off with any chunk
        }

        return values;
    }

    private static List<ChunkValue> Find(AravisDevice device, IReadOnlyList<string> names)
    {
        ChunkDescription description;
        try
        {
            using var xml = new MemoryStream(device.ReadDescription());
            description = new ChunkDescription(xml);
        }
        catch (XmlException e)
        {
            throw device.Refused($"its description cannot be read ({e.Message}), so nobody knows where {string.Join(", ", names)} would be");
        }

        var values = new List<ChunkValue>();
        foreach (var name in names)
        {
            var (value, obstacle) = description.Find(name);
            values.Add(value ?? throw device.Refused(
                $"{name} cannot come with its frames: {obstacle}. There are: {string.Join(", ", device.ListFeatures().Where(feature => description.Find(feature).Value is not null))}"));
        }

        return values;
    }

    private static void Select(AravisDevice device, IReadOnlyList<string> names)
    {
        var entries = device.Entries(SelectorFeature);
        var wanted = names.ToDictionary(name => Array.Find(entries, entry => Matches(entry, name))
            ?? throw device.Refused($"{name} cannot come with its frames: its {SelectorFeature} offers {string.Join(", ", entries)}"), StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            device.WriteEnumeration(SelectorFeature, entry);
            var isWanted = wanted.ContainsKey(entry);
            if ((isWanted || entry != ImageEntry) && device.ReadBoolean(EnableFeature) != isWanted)
            {
                if (isWanted || device.IsWritable(EnableFeature)) // some come always
                {
                    device.WriteBoolean(EnableFeature, isWanted);
                }
            }
        }
    }

    // The entry of ChunkExposureTime is ExposureTime; vendors vary in capitals and underscores.
    private static bool Matches(string entry, string name) =>
        string.Equals(Plain(entry), Plain(name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string text) => text.Replace("_", "", StringComparison.Ordinal);
}
