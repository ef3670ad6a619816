namespace Hardening.Runtime.RabbitMq.Tests.Camera;

/// <summary>What is refused, all of it at once, and with what to do.</summary>
public sealed class CameraOwnershipOptionsTests
{
    [Test]
    public void Defaults_need_cameras_and_nothing_else() => Assert.That(Failures(options => options.Cameras.Add("north")), Is.Empty);

    [Test]
    public void Names_every_option_that_is_out_of_range()
    {
        var failures = Failures(options =>
        {
            options.Cameras.Add("north");
            options.Cameras.Add("north");
            options.Cameras.Add("a\nb");
            options.Preferred.Add("south");
            options.MaxCameras = 0;
            options.HostName = " ";
            options.RenewEvery = TimeSpan.FromSeconds(2);
            options.ReleaseAfter = TimeSpan.FromSeconds(3);
            options.JoinDelay = TimeSpan.Zero;
            options.PassOnAfter = TimeSpan.FromDays(1);
        });
        string[] named = ["Cameras: has 'north' twice", "Cameras: must have names", "Preferred: has 'south'", "MaxCameras", "HostName", "RenewEvery: must be at most a third", "JoinDelay", "PassOnAfter"];
        Assert.That(named.Where(name => !failures.Any(failure => failure.Contains(name, StringComparison.Ordinal))), Is.Empty, string.Join('\n', failures));
    }

    [Test]
    public void No_camera_is_an_error() => Assert.That(Failures(_ => { }), Has.One.Contains("Cameras"));

    private static IReadOnlyList<string> Failures(Action<CameraOwnershipOptions> configure)
    {
        var options = new CameraOwnershipOptions();
        configure(options);
        return [.. new CameraOwnershipOptionsValidator().Validate(null, options).Failures ?? []];
    }
}
