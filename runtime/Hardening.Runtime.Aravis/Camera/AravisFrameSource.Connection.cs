using System.Net;
using Hardening.Interop;

namespace Hardening.Camera;

/// <content>How a camera is found, opened, and let go.</content>
public sealed partial class AravisFrameSource
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromMilliseconds(500); // a living camera takes a few ms
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromMilliseconds(600); // one more of the library's time-outs, of 500 ms
    private static readonly TimeSpan LastCloseLimit = TimeSpan.FromSeconds(12);      // three farewells and a sign of life of 2.5 s, where they cannot be given up

    private void Connect(CancellationToken cancellationToken)
    {
        var address = IPAddress.Parse(_options.Address ?? AravisCameras.Find(Name, _options.Device!, limit: null, _options.InterfaceAddress, cancellationToken).Address);
        _route = CameraRoute.Find(Name, address, _options.InterfaceAddress is { } local ? IPAddress.Parse(local) : null);
        if (!Teardown.Of(address).WaitUntilIdle(FarewellLimit, LastCloseLimit, cancellationToken))
        {
            throw new FrameSourceException(Name, $"Camera '{Name}' at {address} is still being closed after {LastCloseLimit}; try again later.");
        }

        if (!GvcpProbe.Ask(new IPEndPoint(address, CameraRoute.ControlPort), _route.Local, cancellationToken))
        {
            throw new FrameSourceException(Name, $"No GigE Vision camera answers at {address} (camera '{Name}', asked from {_route.Local}). Check that it is switched on, that its address is right, and that UDP port {CameraRoute.ControlPort} is open on the way.{CameraRoute.ExplainSilence(address)}");
        }

        try
        {
            _device = AravisDevice.Open(Name, address, _route.Local, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            if (!_device.IsController)
            {
                throw _device.Refused("it is in use: another application controls it. Close that one; after a crash it takes the camera's heartbeat, 3 s as a rule, until it is free");
            }

            _format = AravisSettings.Apply(_device, _options, _route, cancellationToken);
            LogOpened(Name, address, _device.Identity, _format.Width, _format.Height, _format.PixelFormat, _format.FrameRate, _format.PayloadBytes, _route.Interface, _route.Mtu);
            if (_options.PacketSize is null && !_device.PacketSizeWasTried)
            {
                LogPacketSizeNotTried(Name, _device.GetInteger(AravisSettings.PacketSize), _route.Interface, _route.Mtu);
            }
        }
        catch (AravisException e)
        {
            var refuses = _device is not null;
            CloseDevice();
            throw Failed(address, refuses ? "refuses a setting, or stopped answering" : "cannot be opened", e);
        }
        catch
        {
            CloseDevice();
            throw;
        }
    }

    private void CloseDevice()
    {
        if (_device is { } device)
        {
            LeaveDevice();
            _device = null;
            Close(device, device.Dispose);
        }
    }

    private void Close(AravisDevice device, Action farewell)
    {
        if (!Teardown.Of(device.Address).Run(farewell, device.Abandon, CloseLimit))
        {
            LogClosesLate(Name, device.Address);
        }
    }

    private FrameSourceException Failed(IPAddress address, string what, AravisException inner) =>
        new(Name, $"Camera '{Name}' at {address} {what} ({inner.Message}).", inner) { DeviceStatus = inner.Status };
}
