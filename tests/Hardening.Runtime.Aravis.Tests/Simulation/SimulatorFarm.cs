using System.Net;

namespace Hardening.Runtime.Aravis.Tests.Simulation;

/// <summary>Simulated cameras on loopback, with all that they need; nothing of it is left when it is disposed.</summary>
internal sealed class SimulatorFarm : IDisposable
{
    private const string Required = "HARDENING_REQUIRE_SIMULATOR";

    private readonly LoopbackAddresses _addresses;
    private readonly List<GigESimulator> _cameras = [];
    private readonly int _lostPacketsPerThousand;

    private readonly string? _description;

    private SimulatorFarm(LoopbackAddresses addresses, int lostPacketsPerThousand, string? description) =>
        (_addresses, _lostPacketsPerThousand, _description) = (addresses, lostPacketsPerThousand, description);

    public IReadOnlyList<GigESimulator> Cameras => _cameras;

    /// <summary>An address of this machine at which there is no camera.</summary>
    public IPAddress EmptyAddress => _addresses.All[^1];

    /// <summary>Starts cameras, or leaves the test: skipped where there is no simulator, failed where the environment demands one.</summary>
    public static SimulatorFarm Start(int cameras = 1, int lostPacketsPerThousand = 0, string? description = null)
    {
        RequireSimulator();
        var addresses = AddAddresses(cameras + 1);
        var farm = new SimulatorFarm(addresses, lostPacketsPerThousand, description);
        try
        {
            foreach (var address in addresses.All.Take(cameras))
            {
                farm._cameras.Add(GigESimulator.Start(address, lostPacketsPerThousand, description));
            }

            return farm;
        }
        catch
        {
            farm.Dispose();
            throw;
        }
    }

    public static void RequireSimulator()
    {
        if (Shell.Run(GigESimulator.Program, "--help").ExitCode != 0)
        {
            Leave($"There is no {GigESimulator.Program}, the simulated GigE Vision camera. On Debian and Ubuntu: apt-get install aravis-tools.");
        }
    }

    /// <summary>Starts a camera anew where it was killed.</summary>
    public void Restart(int camera)
    {
        var address = _cameras[camera].Address;
        _cameras[camera].Dispose();
        _cameras[camera] = GigESimulator.Start(address, _lostPacketsPerThousand, _description);
    }

    public void Dispose()
    {
        _cameras.ForEach(camera => camera.Dispose());
        _addresses.Dispose();
    }

    internal static LoopbackAddresses AddAddresses(int count)
    {
        try
        {
            return LoopbackAddresses.Add(count);
        }
        catch (IOException e)
        {
            Leave(e.Message);
            throw;
        }
    }

    internal static void Leave(string why)
    {
        if (Environment.GetEnvironmentVariable(Required) == "1")
        {
            Assert.Fail($"{why} ({Required} is 1.)");
        }

        Assert.Ignore(why);
    }
}
