namespace Hardening.Runtime.Aravis.Tests;

public sealed class AravisFrameSourceContractTests : FrameSourceContract
{
    private SimulatorFarm? _farm;

    [OneTimeSetUp]
    public void StartCamera() => _farm = SimulatorFarm.Start();

    [OneTimeTearDown]
    public void StopCamera() => _farm?.Dispose();

    protected override IFrameSource Create() => new AravisFrameSource(new AravisFrameSourceOptions
    {
        Address = _farm!.Cameras[0].Address.ToString(),
        Width = 320,
        Height = 240,
        FrameRate = 50,
    });
}
