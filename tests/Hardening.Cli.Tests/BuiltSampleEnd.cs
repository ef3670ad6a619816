using Hardening.Cli.Tests.Projects;

namespace Hardening.Cli.Tests;

[SetUpFixture]
public sealed class BuiltSampleEnd
{
    [OneTimeTearDown]
    public Task Remove() => BuiltSample.EndAsync();
}
