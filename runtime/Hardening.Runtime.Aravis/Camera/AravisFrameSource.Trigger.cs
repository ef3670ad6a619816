namespace Hardening.Camera;

/// <content>Triggers by software.</content>
public sealed partial class AravisFrameSource
{
    private const string TriggerCommand = "TriggerSoftware";

    /// <summary>
    /// Makes the camera take one picture. Returns when the camera has acknowledged the command; the frame comes through the stream. May be called from any
    /// thread. A camera that is still busy with the frame before may ignore it, as its manual says.
    /// </summary>
    /// <exception cref="FrameSourceException">The camera is not open, does not stream, is not triggered by software, or does not answer.</exception>
    public void Trigger() => Features.Use("trigger it", device =>
    {
        if (!device.Triggering.IsSoftware)
        {
            throw device.Refused(device.Triggering is { IsOn: true, Source: var source }
                ? $"it cannot be triggered by software: it waits for {source}. Set {nameof(AravisFrameSourceOptions.Trigger)} to {AravisTrigger.Software}"
                : $"it cannot be triggered by software: it runs freely. Set {nameof(AravisFrameSourceOptions.Trigger)} to {AravisTrigger.Software}");
        }

        if (!device.IsAcquiring)
        {
            throw device.Refused("it cannot be triggered: it does not stream. Start it first");
        }

        device.ExecuteCommand(TriggerCommand);
    });
}
