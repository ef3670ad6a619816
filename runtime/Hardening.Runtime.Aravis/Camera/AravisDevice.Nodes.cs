using System.Runtime.InteropServices;
using Hardening.Interop;

namespace Hardening.Camera;

/// <content>What there is of features, and what may be done with them. Checked here, since the library checks neither access nor limits.</content>
internal sealed partial class AravisDevice
{
    // What the description leaves out, such as limits or a step: no failure.
    private const string Undefined = "arv-gc-error-quark 0";

    private static readonly (nuint Type, AravisFeatureType Meaning)[] NodeTypes =
    [
        // An enumeration is an integer and a string too, so the order counts.
        (Aravis.arv_gc_enumeration_get_type(), AravisFeatureType.Enumeration),
        (Aravis.arv_gc_command_get_type(), AravisFeatureType.Command),
        (Aravis.arv_gc_boolean_get_type(), AravisFeatureType.Boolean),
        (Aravis.arv_gc_float_get_type(), AravisFeatureType.Float),
        (Aravis.arv_gc_integer_get_type(), AravisFeatureType.Integer),
        (Aravis.arv_gc_string_get_type(), AravisFeatureType.String),
    ];

    /// <summary>The features that the camera's description groups, each once; what only its makers' own nodes use is left out.</summary>
    public List<string> ListFeatures()
    {
        var (found, seen) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        Walk("Root");
        return found;

        void Walk(string category)
        {
            if (!seen.Add(category) || FindNode(category) is var node && !IsOf(node, Aravis.arv_gc_category_get_type()))
            {
                return;
            }

            foreach (var name in GLib.Strings(Aravis.arv_gc_category_get_features(node)))
            {
                if (IsOf(FindNode(name), Aravis.arv_gc_category_get_type()))
                {
                    Walk(name);
                }
                else if (seen.Add(name))
                {
                    found.Add(name);
                }
            }
        }
    }

    /// <summary>The camera's own description of itself: GenICam XML.</summary>
    public unsafe byte[] ReadDescription()
    {
        var xml = Aravis.arv_device_get_genicam_xml(_device, out var size);
        return new ReadOnlySpan<byte>((void*)xml, (int)size).TrimEnd((byte)0).ToArray();
    }

    public bool IsOffered(string name) => FindNode(name) is var node and not 0 && IsOffered(node);

    public bool IsWritable(string name) =>
        FindNode(name) is var node and not 0 && IsOffered(node) && AccessOf(node) != AravisFeatureAccess.ReadOnly && !IsLocked(node);

    public AravisFeature Describe(string name)
    {
        var node = RequireNode(name);
        var (type, isOffered, access) = (TypeOf(node), IsOffered(node), AccessOf(node));
        var isReadable = isOffered && access != AravisFeatureAccess.WriteOnly && type is not (AravisFeatureType.Command or AravisFeatureType.Other);
        return new AravisFeature
        {
            Name = name,
            Type = type,
            Access = type == AravisFeatureType.Command ? AravisFeatureAccess.WriteOnly : access,
            IsAvailable = isOffered,
            IsLocked = isOffered && IsLocked(node),
            Value = isReadable ? TryReadText(name) : null,
            Unit = type switch
            {
                AravisFeatureType.Integer => Borrowed(Aravis.arv_gc_integer_get_unit(node)),
                AravisFeatureType.Float => Borrowed(Aravis.arv_gc_float_get_unit(node)),
                _ => null,
            },
            Description = Borrowed(Aravis.arv_gc_feature_node_get_description(node)) ?? Borrowed(Aravis.arv_gc_feature_node_get_tooltip(node)),
            IntegerRange = isOffered && type == AravisFeatureType.Integer ? IntegerRange(name) : null,
            FloatRange = isOffered && type == AravisFeatureType.Float ? FloatRange(name) : null,
            Entries = isOffered && type == AravisFeatureType.Enumeration ? Entries(name) : [],
        };
    }

    /// <summary>The entries that an enumeration offers now.</summary>
    public unsafe string[] Entries(string name)
    {
        nint error = 0;
        var names = Aravis.arv_device_dup_available_enumeration_feature_values_as_strings(_device, name, out var count, ref error);
        GLib.ThrowIfSet(error);
        var copy = new string[count];
        for (var i = 0; i < copy.Length; i++)
        {
            copy[i] = Borrowed(((nint*)names)[i]) ?? "";
        }

        GLib.g_free(names); // the names are the device's
        return copy;
    }

    // Some values are there only with a frame, and some descriptions are wrong: then there is none to tell.
    private string? TryReadText(string name)
    {
        try
        {
            return ReadText(name);
        }
        catch (AravisException e) when (e.Status.StartsWith("arv-chunk-parser-error", StringComparison.Ordinal) || e.Status.StartsWith("arv-gc-error", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private AravisIntegerRange IntegerRange(string name)
    {
        nint error = 0;
        Aravis.arv_camera_get_integer_bounds(Camera, name, out var least, out var most, ref error);
        GLib.ThrowIfSet(error, Undefined);
        error = 0;
        var step = Math.Max(Aravis.arv_camera_get_integer_increment(Camera, name, ref error), 1);
        GLib.ThrowIfSet(error, Undefined);
        return new AravisIntegerRange(least, most, step);
    }

    private AravisFloatRange FloatRange(string name)
    {
        nint error = 0;
        Aravis.arv_device_get_float_feature_bounds(_device, name, out var least, out var most, ref error);
        GLib.ThrowIfSet(error, Undefined);
        error = 0;
        var step = Aravis.arv_device_get_float_feature_increment(_device, name, ref error);
        GLib.ThrowIfSet(error, Undefined);
        const double None = 2.2250738585072014e-308; // the smallest normal number: what the library gives for no step
        return new AravisFloatRange(
            least <= double.MinValue ? double.NegativeInfinity : least, most >= double.MaxValue ? double.PositiveInfinity : most, step > None ? step : null);
    }

    private nint RequireToRead(string name, AravisFeatureType type)
    {
        var node = Require(name, type, "read");
        return AccessOf(node) == AravisFeatureAccess.WriteOnly ? throw Refused($"{name} cannot be read: it can only be written") : node;
    }

    private nint RequireToWrite(string name, AravisFeatureType type)
    {
        var node = Require(name, type, type == AravisFeatureType.Command ? "executed" : "set");
        if (type != AravisFeatureType.Command && AccessOf(node) == AravisFeatureAccess.ReadOnly)
        {
            throw Refused($"{name} cannot be set: it can only be read");
        }

        return IsLocked(node) ? throw Refused($"{name} cannot be {(type == AravisFeatureType.Command ? "executed" : "set")} now: the camera has locked it, as it does with some settings while it streams") : node;
    }

    private nint Require(string name, AravisFeatureType type, string verb)
    {
        var node = RequireNode(name);
        if (TypeOf(node) is var actual && actual != type)
        {
            throw Refused($"{name} is of type {actual}, so it cannot be {verb} as {type}");
        }

        return IsOffered(node) ? node : throw Refused($"{name} is not available: the camera does not offer it with its present settings");
    }

    private nint RequireNode(string name) =>
        FindNode(name) is var node and not 0 ? node : throw Refused($"it has no feature '{name}'{FeatureNames.Suggest(name, ListFeatures())}");

    // Nodes that are no features, such as formulas, have no name of their own in the library either.
    private nint FindNode(string name) =>
        Aravis.arv_device_get_feature(_device, name) is var node and not 0 && IsOf(node, Aravis.arv_gc_feature_node_get_type()) ? node : 0;

    private static AravisFeatureType TypeOf(nint node)
    {
        foreach (var (type, meaning) in NodeTypes)
        {
            if (IsOf(node, type))
            {
                return meaning;
            }
        }

        return AravisFeatureType.Other;
    }

    private static bool IsOf(nint node, nuint type) => node != 0 && GLib.g_type_check_instance_is_a(node, type) != 0;

    private static bool IsOffered(nint node)
    {
        nint error = 0;
        var isImplemented = Aravis.arv_gc_feature_node_is_implemented(node, ref error) != 0;
        GLib.ThrowIfSet(error);
        var isAvailable = isImplemented && Aravis.arv_gc_feature_node_is_available(node, ref error) != 0;
        GLib.ThrowIfSet(error);
        return isAvailable;
    }

    private static bool IsLocked(nint node)
    {
        nint error = 0;
        var isLocked = Aravis.arv_gc_feature_node_is_locked(node, ref error) != 0;
        GLib.ThrowIfSet(error);
        return isLocked;
    }

    private static AravisFeatureAccess AccessOf(nint node) => Aravis.arv_gc_feature_node_get_actual_access_mode(node) switch
    {
        1 => AravisFeatureAccess.WriteOnly,
        2 => AravisFeatureAccess.ReadWrite,
        _ => AravisFeatureAccess.ReadOnly,
    };

    private static string? Borrowed(nint text) => Marshal.PtrToStringUTF8(text) is { Length: > 0 } value ? value : null;
}
