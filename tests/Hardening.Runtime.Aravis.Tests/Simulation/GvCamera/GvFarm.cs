namespace Hardening.Runtime.Aravis.Tests.Simulation;

/// <summary>Simulated cameras of our own on loopback, each with an address of its own; nothing of it is left when it is disposed.</summary>
internal sealed class GvFarm : IDisposable
{
    private readonly LoopbackAddresses _addresses;
    private readonly List<GvCamera> _cameras = [];

    private GvFarm(LoopbackAddresses addresses) => _addresses = addresses;

    public IReadOnlyList<GvCamera> Cameras => _cameras;

    /// <summary>Starts cameras, or leaves the test where the machine has no addresses for them, or no libaravis.</summary>
    public static GvFarm Start(int cameras = 1, GvCameraOptions? options = null)
    {
        if (!System.Runtime.InteropServices.NativeLibrary.TryLoad(Interop.Aravis.Library, out _))
        {
            SimulatorFarm.Leave($"There is no {Interop.Aravis.Library}. On Debian and Ubuntu: apt-get install libaravis-0.8-0.");
        }

        var farm = new GvFarm(SimulatorFarm.AddAddresses(cameras));
        try
        {
            foreach (var (index, address) in farm._addresses.All.Index())
            {
                farm._cameras.Add(GvCamera.Start(address, (options ?? new GvCameraOptions()) with { Serial = $"GV{index + 1}" }));
            }

            return farm;
        }
        catch
        {
            farm.Dispose();
            throw;
        }
    }

    /// <summary>What opens one of them, at 320x240 and 50 Hz.</summary>
    public AravisFrameSourceOptions Options(int camera) => new()
    {
        Name = $"camera-{camera}",
        Address = _cameras[camera].Address.ToString(),
        PixelFormat = PixelFormat.Mono8,
        Width = 320,
        Height = 240,
        FrameRate = 50,
    };

    public void Dispose()
    {
        _cameras.ForEach(camera => camera.Dispose());
        _addresses.Dispose();
    }
}
