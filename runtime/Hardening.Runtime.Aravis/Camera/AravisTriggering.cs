namespace Hardening.Camera;

/// <summary>What makes a camera take pictures.</summary>
/// <param name="IsOn">Whether it waits for triggers.</param>
/// <param name="Source">Where they come from, in the camera's terms.</param>
/// <param name="Selector">Which of its triggers it is; null where it has only one.</param>
internal sealed record AravisTriggering(bool IsOn, string? Source, string? Selector)
{
    public static readonly AravisTriggering Off = new(false, null, null);

    private const string SelectorFeature = "TriggerSelector";
    private const string ModeFeature = "TriggerMode";
    private const string SourceFeature = "TriggerSource";
    private const string ActivationFeature = "TriggerActivation";
    private const string SoftwareEntry = "Software";

    // What makes one frame, the usual name first.
    private static readonly string[] FrameTriggers = ["FrameStart", "FrameBurstStart", "AcquisitionStart", "LineStart"];
    private static readonly string[] DelayFeatures = ["TriggerDelay", "TriggerDelayAbs"];

    public bool IsSoftware => IsOn && Source == SoftwareEntry;

    public static void Apply(AravisDevice device, AravisFrameSourceOptions options)
    {
        if (options.Trigger is not { } trigger)
        {
            return;
        }

        if (!device.IsOffered(ModeFeature))
        {
            if (trigger != AravisTrigger.FreeRun)
            {
                throw device.Refused($"it cannot be triggered: it has no {ModeFeature}");
            }

            return;
        }

        foreach (var selector in Selectors(device))
        {
            Select(device, selector);
            if (device.ReadEnumeration(ModeFeature) != "Off")
            {
                device.WriteEnumeration(ModeFeature, "Off");
            }
        }

        if (trigger != AravisTrigger.FreeRun)
        {
            Select(device, FrameTrigger(device));
            SwitchOn(device, trigger == AravisTrigger.Software ? SoftwareEntry : options.TriggerLine!, options);
        }
    }

    /// <summary>Finds out what the camera does now, whoever set it; the trigger of frames is selected afterwards, where it is the one that is on.</summary>
    public static AravisTriggering Find(AravisDevice device)
    {
        if (!device.IsOffered(ModeFeature))
        {
            return Off;
        }

        var before = device.IsOffered(SelectorFeature) ? device.ReadEnumeration(SelectorFeature) : null;
        foreach (var selector in Selectors(device).Where(selector => selector is null || FrameTriggers.Contains(selector)).OrderBy(selector => Array.IndexOf(FrameTriggers, selector)))
        {
            Select(device, selector);
            if (device.ReadEnumeration(ModeFeature) == "On")
            {
                return new AravisTriggering(true, device.IsOffered(SourceFeature) ? device.ReadEnumeration(SourceFeature) : null, selector);
            }
        }

        Select(device, before);
        return Off;
    }

    private static void SwitchOn(AravisDevice device, string source, AravisFrameSourceOptions options)
    {
        // Some cameras let the source be changed only while the trigger is off, others only while it is on.
        var isSet = device.IsWritable(SourceFeature);
        if (isSet)
        {
            device.WriteEnumeration(SourceFeature, source);
        }

        if (options.TriggerActivation is { } activation)
        {
            device.WriteEnumeration(ActivationFeature, activation);
        }

        if (options.TriggerDelay is { } delay)
        {
            var feature = DelayFeatures.FirstOrDefault(device.IsOffered) ?? throw device.Refused($"its triggers cannot be delayed: it has no {DelayFeatures[0]}");
            device.WriteFloat(feature, delay.TotalMicroseconds);
        }

        device.WriteEnumeration(ModeFeature, "On");
        if (!isSet)
        {
            device.WriteEnumeration(SourceFeature, source);
        }
    }

    private static string? FrameTrigger(AravisDevice device)
    {
        var selectors = Selectors(device);
        return selectors is [null]
            ? null
            : FrameTriggers.FirstOrDefault(selectors.Contains)
            ?? throw device.Refused($"it has no trigger for frames: its {SelectorFeature} offers {string.Join(", ", selectors)}");
    }

    private static string?[] Selectors(AravisDevice device) => device.IsOffered(SelectorFeature) ? [.. device.Entries(SelectorFeature)] : [null];

    private static void Select(AravisDevice device, string? selector)
    {
        if (selector is not null && device.ReadEnumeration(SelectorFeature) != selector)
        {
            device.WriteEnumeration(SelectorFeature, selector);
        }
    }
}
