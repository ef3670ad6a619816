using System.Reflection;
using Hardening.Camera;
using Hardening.Dashboard;
using Hardening.Messaging;

namespace Hardening.Runtime.Tests.PublicApi;

public sealed class PublicApiTests
{
    public static IEnumerable<TestCaseData> Packages() =>
        new[] { typeof(FramePipeline).Assembly, typeof(RabbitMqOptions).Assembly, typeof(HardeningDashboardOptions).Assembly }
            .Select(assembly => new TestCaseData(assembly).SetArgDisplayNames(assembly.GetName().Name!));

    [TestCaseSource(nameof(Packages))]
    public void Generated_public_surface_is_as_it_was_agreed(Assembly package) =>
        Baseline.Check($"tests/Hardening.Runtime.Tests/PublicApi/{package.GetName().Name}.txt", ApiBaseline.Describe(package));
}
