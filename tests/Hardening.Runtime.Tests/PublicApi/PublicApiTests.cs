using Hardening.Camera;

namespace Hardening.Runtime.Tests.PublicApi;

public sealed class PublicApiTests
{
    [Test]
    public void Generated_public_surface_is_as_it_was_agreed() =>
        Baseline.Check("tests/Hardening.Runtime.Tests/PublicApi/Hardening.Runtime.txt", ApiBaseline.Describe(typeof(FramePipeline).Assembly));
}
