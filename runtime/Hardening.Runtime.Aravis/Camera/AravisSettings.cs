using Hardening.Interop;

namespace Hardening.Camera;

/// <summary>Brings a camera into the state that the options ask for, and finds out what it will then send.</summary>
internal static class AravisSettings
{
    public const string PacketSize = "GevSCPSPacketSize";
    private const string FireTestPacket = "GevSCPSFireTestPacket";

    public static FrameFormat Apply(AravisDevice device, AravisFrameSourceOptions options, CameraRoute route, CancellationToken cancellationToken)
    {
        device.SetContinuous();
        if (options.PixelFormat is { } pixelFormat)
        {
            device.SetPixelFormat(pixelFormat);
        }

        cancellationToken.ThrowIfCancellationRequested();
        SetRegion(device, options);
        cancellationToken.ThrowIfCancellationRequested();
        if (options.FrameRate is { } rate)
        {
            device.SetFrameRate(rate);
        }

        cancellationToken.ThrowIfCancellationRequested();
        SetPackets(device, options, route);
        cancellationToken.ThrowIfCancellationRequested();
        AravisTriggering.Apply(device, options);
        PtpClock.Apply(device, options.Ptp);
        device.Chunks = AravisChunks.Apply(device, options.Chunks);
        foreach (var setting in options.Features)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SetFeature(device, setting);
        }

        if (device.GetInteger(PacketSize) is var size && size > route.Mtu)
        {
            throw device.Refused($"{nameof(options.Features)} made its packets {size} bytes, and {route.Interface} carries {route.Mtu} (its MTU)");
        }

        device.Triggering = AravisTriggering.Find(device);
        return ReadFormat(device);
    }

    private static void SetFeature(AravisDevice device, string setting)
    {
        var (name, value) = FeatureText.Part(setting);
        try
        {
            if (value is null)
            {
                device.ExecuteCommand(name);
            }
            else
            {
                device.WriteText(name, value);
            }
        }
        catch (AravisException e)
        {
            throw device.Failed($"it refuses '{setting}' of {nameof(AravisFrameSourceOptions.Features)}, or does not answer", e);
        }
    }

    // The offset bounds the size and the size the offset, so the region starts in the corner, takes its size, and then moves.
    private static void SetRegion(AravisDevice device, AravisFrameSourceOptions options)
    {
        SetAxis("Width", "OffsetX", "SensorWidth", options.Width, options.OffsetX);
        SetAxis("Height", "OffsetY", "SensorHeight", options.Height, options.OffsetY);

        void SetAxis(string sizeFeature, string offsetFeature, string sensorFeature, int? size, int? offset)
        {
            if (size is null && offset is null)
            {
                return;
            }

            var hasOffset = device.Has(offsetFeature);
            var target = offset ?? (hasOffset ? device.GetInteger(offsetFeature) : 0);
            if (hasOffset)
            {
                device.SetInteger(offsetFeature, 0);
            }
            else if (target != 0)
            {
                throw device.Refused($"{offsetFeature} cannot be {target}: it cannot move its region");
            }

            if (size is { } asked)
            {
                device.SetInteger(sizeFeature, asked);
            }

            if (target != 0)
            {
                device.SetInteger(offsetFeature, target);
            }

            // Not every camera bounds the offset by the size.
            if (device.GetInteger(sizeFeature) + target is var end && device.Has(sensorFeature) && device.GetInteger(sensorFeature) is var sensor && end > sensor)
            {
                throw device.Refused($"{offsetFeature} {target} and {sizeFeature} {end - target} end at {end}: its sensor ends at {sensor}");
            }
        }
    }

    private static void SetPackets(AravisDevice device, AravisFrameSourceOptions options, CameraRoute route)
    {
        // Larger packets are lost in the network, or arrive in pieces, of which a packet socket takes the first and calls the frame whole.
        if (options.PacketSize is not { } size)
        {
            NegotiatePacketSize(device, route);
        }
        else if (size > route.Mtu)
        {
            throw device.Refused($"{nameof(options.PacketSize)} cannot be {size}: {route.Interface} carries {route.Mtu} (its MTU)");
        }
        else
        {
            device.SetInteger(PacketSize, size);
        }

        if (options.PacketDelay is { } delay)
        {
            device.SetPacketDelay(delay);
        }
    }

    // The library looks for the largest packet that arrives; the camera may fire its test packets in fragments, so the MTU has the last word.
    private static void NegotiatePacketSize(AravisDevice device, CameraRoute route)
    {
        device.PacketSizeWasTried = device.Has(FireTestPacket);
        var size = device.PacketSizeWasTried ? device.FindPacketSize() : device.GetInteger(PacketSize);
        if (size > route.Mtu)
        {
            device.SetIntegerAtMost(PacketSize, route.Mtu.Value);
        }
    }

    private static FrameFormat ReadFormat(AravisDevice device)
    {
        var (width, height) = ((int)device.GetInteger("Width"), (int)device.GetInteger("Height"));
        var format = (PixelFormat)device.GetPixelFormat();
        var payload = device.GetPayload();
        if ((long)width * format.BitsPerPixel % 8 != 0)
        {
            throw device.Refused($"rows of {width} pixels of {format} end within a byte, and so begin there too: choose a width that fills whole bytes");
        }

        return payload >= (long)format.RowBytes(width) * height && payload is > 0 and <= 1 << 30
            ? new FrameFormat(width, height, format, (int)payload, device.Triggering.IsOn ? null : device.GetFrameRate(), device.Triggering.IsOn)
            : throw device.Refused($"it announces frames of {payload:N0} bytes, which do not hold {width}x{height} {format}");
    }
}
