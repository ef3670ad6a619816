using Hardening.Stalls;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Tests.Stalls.Actions;

public sealed class StallPolicyTests
{
    [Test]
    public void Defaults_are_valid() => Assert.That(Errors(new StallReportOptions(), new StallPolicy()), Is.Empty);

    [Test]
    public void All_errors_come_at_once_and_say_where()
    {
        var reports = new StallReportOptions { MaxFiles = 0, MaxPerMinute = 601, WriteTimeout = TimeSpan.Zero, Directory = "a\0b" };
        var policy = new StallPolicy { CallbackTimeout = TimeSpan.Zero, DegradedFor = TimeSpan.FromDays(2), DumpTimeout = TimeSpan.FromHours(1), MaxDumps = 0, Dump = (StallDump)9 };
        policy.Default.MaxPerMinute = 0;
        policy.Causes[StallCause.Deadlock] = new StallRule { Actions = (StallActions)4096 };
        var errors = Errors(reports, policy);
        foreach (var option in new[] { "Reports.MaxFiles", "Reports.MaxPerMinute", "Reports.WriteTimeout", "Reports.Directory", "Policy.CallbackTimeout", "Policy.DegradedFor", "Policy.DumpTimeout", "Policy.MaxDumps", "Policy.Dump", "Policy.Default.MaxPerMinute", "Policy.Causes.Deadlock.Actions" })
        {
            Assert.That(errors, Has.Some.Contains(option), option);
        }
    }

    [TestCase(StallCause.Throttling, StallActions.FailFast)]
    [TestCase(StallCause.ProcessStopped, StallActions.FailFast)]
    [TestCase(StallCause.ForeignLoad, StallActions.FailFast)]
    [TestCase(StallCause.ForeignLoad, StallActions.TriggerWatchdog)]
    public void No_process_ends_itself_for_what_is_outside_of_it(StallCause cause, StallActions action)
    {
        var policy = new StallPolicy();
        policy.Causes[cause] = new StallRule { Actions = StallActions.Default | action };
        Assert.That(Errors(new StallReportOptions(), policy).Single(), Does.Contain($"Policy.Causes.{cause}.Actions").And.Contain("a restart mends nothing"));
    }

    [Test]
    public void No_process_ends_itself_without_a_cause_that_is_named()
    {
        var policy = new StallPolicy();
        policy.Default.Actions |= StallActions.FailFast;
        Assert.That(Errors(new StallReportOptions(), policy).Single(), Does.Contain("name the causes"));
    }

    [Test]
    public void A_dump_is_for_a_process_that_ends()
    {
        var policy = new StallPolicy();
        policy.Causes[StallCause.Deadlock] = new StallRule { Actions = StallActions.Default | StallActions.Dump };
        Assert.That(Errors(new StallReportOptions(), policy).Single(), Does.Contain("with FailFast alone"));
        policy.Causes[StallCause.Deadlock].Actions |= StallActions.FailFast;
        Assert.That(Errors(new StallReportOptions(), policy), Is.Empty);
    }

    [Test]
    public void Configuration_sets_rules_by_cause()
    {
        var options = Bound(new()
        {
            ["Reports:Directory"] = "/var/log/stalls",
            ["Reports:MaxFiles"] = "7",
            ["Policy:DegradedFor"] = "00:01:00",
            ["Policy:Default:Actions"] = "Log, Metric",
            ["Policy:Causes:Deadlock:Actions"] = "Default, FailFast, Dump",
            ["Policy:Causes:Deadlock:MaxPerMinute"] = "2",
            ["Policy:Causes:Throttling:Actions"] = "Metric",
        });
        Assert.That((options.Reports.Directory, options.Reports.MaxFiles, options.Policy.DegradedFor), Is.EqualTo(("/var/log/stalls", 7, TimeSpan.FromMinutes(1))));
        Assert.That(options.Policy.For(StallCause.Deadlock).Actions, Is.EqualTo(StallActions.Default | StallActions.FailFast | StallActions.Dump));
        Assert.That(options.Policy.For(StallCause.Deadlock).MaxPerMinute, Is.EqualTo(2));
        Assert.That(options.Policy.For(StallCause.Throttling).Actions, Is.EqualTo(StallActions.Metric));
        Assert.That(options.Policy.For(StallCause.LockContention).Actions, Is.EqualTo(StallActions.Log | StallActions.Metric));
    }

    [Test]
    public void Configuration_may_not_end_a_process_for_what_is_outside_of_it() =>
        Assert.That(() => Bound(new() { ["Policy:Causes:Throttling:Actions"] = "Log, FailFast" }), Throws.TypeOf<OptionsValidationException>().With.Message.Contains("Throttling"));

    private static StallWatchdogOptions Bound(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => $"{StallWatchdogOptions.SectionName}:{setting.Key}", setting => setting.Value)).Build();
        using var provider = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddStallWatchdog().BuildServiceProvider();
        return provider.GetRequiredService<IOptions<StallWatchdogOptions>>().Value;
    }

    private static IReadOnlyList<string> Errors(StallReportOptions reports, StallPolicy policy)
    {
        var result = new ValidateOptionsResultBuilder();
        reports.Check("Reports", result);
        policy.Check("Policy", result);
        return [.. result.Build().Failures ?? []];
    }
}
