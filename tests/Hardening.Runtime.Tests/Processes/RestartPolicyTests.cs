using Hardening.Processes;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Tests.Processes;

public sealed class RestartPolicyTests
{
    [Test]
    public void Defaults_are_in_their_ranges() => Assert.That(Validate(new RestartPolicy()).Succeeded);

    [Test]
    public void Tells_every_error_at_once_with_its_place()
    {
        var result = Validate(new RestartPolicy
        {
            FirstDelay = TimeSpan.Zero,
            MaxDelay = TimeSpan.FromDays(2),
            Factor = double.NaN,
            Jitter = 1.5,
            ResetAfter = TimeSpan.Zero,
            MaxRestarts = -1,
            Window = TimeSpan.Zero,
            RestartOn = (RestartOn)7,
        });
        foreach (var property in typeof(RestartPolicy).GetProperties())
        {
            Assert.That(result.FailureMessage, Does.Contain($"Property Restart:{property.Name}: must be"));
        }
    }

    [Test]
    public void A_longest_delay_below_the_first_is_an_error() =>
        Assert.That(Validate(new RestartPolicy { FirstDelay = TimeSpan.FromMinutes(2) }).FailureMessage, Does.Contain("MaxDelay: must be 00:02:00 to 1.00:00:00, but is 00:01:00."));

    [Test]
    public void A_window_that_the_restarts_cannot_fit_into_is_an_error() =>
        Assert.That(Validate(new RestartPolicy { MaxRestarts = 10, Window = TimeSpan.FromMinutes(1) }).FailureMessage, Does.Contain("would never be given up"));

    [Test]
    public void A_window_that_the_restarts_fit_into_after_a_reset_is_none() =>
        Assert.That(Validate(new RestartPolicy { MaxRestarts = 10, Window = TimeSpan.FromMinutes(1), ResetAfter = TimeSpan.FromSeconds(10) }).Succeeded);

    [Test]
    public void A_window_without_a_limit_on_restarts_is_not_looked_at() =>
        Assert.That(Validate(new RestartPolicy { MaxRestarts = null, Window = TimeSpan.FromSeconds(1) }).Succeeded);

    private static ValidateOptionsResult Validate(RestartPolicy policy)
    {
        var result = new ValidateOptionsResultBuilder();
        RestartPolicyValidator.Validate(policy, "Restart:", result);
        return result.Build();
    }
}
