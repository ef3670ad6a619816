using System.Diagnostics;
using Hardening.Processes;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Tests.Processes;

public sealed class SupervisionOptionsTests
{
    [Test]
    public void Defaults_are_valid() => Assert.That(new SupervisionOptionsValidator().Validate(null, new SupervisionOptions()).Succeeded);

    [Test]
    public void All_errors_are_told_at_once_and_each_says_what_is_allowed()
    {
        var options = new SupervisionOptions
        {
            Name = " ",
            StopGracePeriod = TimeSpan.FromMinutes(11),
            ReaderTimeout = TimeSpan.FromSeconds(-1),
            CaptureBytes = 1,
            Limits = new ProcessLimits { MemoryBytes = 5, OpenFiles = 2, CpuTime = TimeSpan.Zero },
        };
        var failures = new SupervisionOptionsValidator().Validate(null, options).Failures!.ToList();
        Assert.That(failures, Has.Count.EqualTo(7));
        Assert.That(failures, Has.All.Contains("must be"));
        foreach (var property in (string[])[nameof(options.Name), nameof(options.StopGracePeriod), nameof(options.ReaderTimeout), nameof(options.CaptureBytes), "MemoryBytes", "OpenFiles", "CpuTime"])
        {
            Assert.That(failures, Has.One.Contains(property));
        }
    }

    [Test]
    public void Nothing_is_started_with_an_option_out_of_its_range() =>
        Assert.Throws<OptionsValidationException>(() => SupervisedProcess.Start(new ProcessStartInfo("/bin/true"), new SupervisionOptions { CaptureBytes = 0 }).Dispose());
}
