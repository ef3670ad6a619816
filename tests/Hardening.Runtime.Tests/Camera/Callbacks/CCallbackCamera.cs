using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera.Callbacks;

/// <summary>How a callback hands its frame over.</summary>
public enum Handover
{
    Copied,
    FilledInPlace,
    Announced,
}

/// <summary>A camera on the C library callback_camera.c: as an application would write it.</summary>
internal sealed unsafe class CCallbackCamera(CallbackLibrary library, CallbackFrameSourceOptions options, Handover handover, int threads = 1, int hz = 1000, bool stopWaits = true) : CallbackFrameSource(options)
{
    public const int Side = 64;

    private nint _camera;
    private GCHandle _self;

    /// <summary>How many frames the library has made since the last start.</summary>
    public long Made { get; private set; }

    /// <summary>Lets the threads end of a library whose stop does not wait for them.</summary>
    public void End() => ((delegate* unmanaged<nint, void>)Export("camera_end"))(_camera);

    protected override FrameFormat OpenDevice(FrameSourceContext context, CancellationToken cancellationToken)
    {
        _camera = ((delegate* unmanaged<int, nint>)Export("camera_open"))(Side * Side);
        _self = GCHandle.Alloc(this);
        return new FrameFormat(Side, Side, PixelFormat.Mono8, Side * Side, FrameRate: hz > 0 ? hz : null);
    }

    protected override void StartDevice()
    {
        while (handover == Handover.Announced && TryAnnounce(out var address, out _))
        {
            Announce(address);
        }

        var start = (delegate* unmanaged<nint, delegate* unmanaged[Cdecl]<nint, byte*, int, long, void>, nint, int, int, int, int>)Export("camera_start");
        if (start(_camera, &OnFrame, GCHandle.ToIntPtr(_self), threads, hz, handover == Handover.Announced ? 1 : 0) != 0)
        {
            throw new FrameSourceException(Name, $"Camera '{Name}' has no thread.");
        }
    }

    protected override void StopDevice() => Made = ((delegate* unmanaged<nint, int, long>)Export("camera_stop"))(_camera, stopWaits ? 1 : 0);

    protected override void CloseDevice()
    {
        ((delegate* unmanaged<nint, void>)Export("camera_close"))(_camera);
        _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnFrame(nint user, byte* pixels, int length, long number) => ((CCallbackCamera)GCHandle.FromIntPtr(user).Target!).OnFrame(pixels, length, number);

    private void OnFrame(byte* pixels, int length, long number)
    {
        var info = new FrameInfo
        {
            Camera = Name, Sequence = number, HostTimestamp = Timestamp, Width = Side, Height = Side, Stride = Side, Length = length, PixelFormat = PixelFormat.Mono8,
        };
        if (pixels == null)
        {
            ReportDropped(info);
        }
        else if (handover == Handover.Copied)
        {
            Offer(new ReadOnlySpan<byte>(pixels, length), info);
        }
        else if (handover == Handover.Announced)
        {
            Publish((nint)pixels, info);
        }
        else if (TryRent(out var address, out var room))
        {
            new ReadOnlySpan<byte>(pixels, length).CopyTo(new Span<byte>((void*)address, room));
            Publish(address, info);
        }
        else
        {
            ReportDropped(info);
        }

        while (handover == Handover.Announced && TryAnnounce(out var next, out _))
        {
            Announce(next);
        }
    }

    private void Announce(nint address) => ((delegate* unmanaged<nint, nint, int>)Export("camera_announce"))(_camera, address);

    private nint Export(string name) => library.Function(name);
}
