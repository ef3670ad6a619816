using Hardening.Pool;
using Hardening.Processes;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Tests.Pool;

public sealed class ProcessPoolOptionsTests
{
    [Test]
    public void Defaults_are_valid() => Assert.That(Failures(new ProcessPoolOptions()), Is.Empty);

    [Test]
    public void All_errors_are_told_at_once_and_each_says_what_is_allowed()
    {
        var options = new ProcessPoolOptions
        {
            Workers = 0,
            SpareWorkers = 17,
            QueueCapacity = 0,
            WhenFull = (PoolFullMode)7,
            JobTimeout = TimeSpan.Zero,
            SoftTimeout = TimeSpan.FromHours(1),
            CancelGracePeriod = TimeSpan.FromMinutes(11),
            MaxAttempts = 11,
            PoisonAfter = 0,
            MaxJobsPerWorker = 0,
            RecycleJitter = double.NaN,
            MaxWorkerBytes = 1,
            StartTimeout = TimeSpan.FromMilliseconds(1),
            StopGracePeriod = TimeSpan.FromMinutes(11),
            FirstRestartDelay = TimeSpan.Zero,
            MaxRestartDelay = TimeSpan.FromHours(2),
            MaxStartFailures = 0,
            ChannelBytes = (256 << 10) + 8,
            MaxMessageBytes = 1,
            ResultSlots = -1,
            ResultSlotBytes = -1,
            Limits = new ProcessLimits { OpenFiles = 1 },
        };
        var failures = Failures(options);
        Assert.That(failures, Has.Count.EqualTo(22));
        Assert.That(failures, Has.All.Contains("must be"));
        foreach (var property in typeof(ProcessPoolOptions).GetProperties().Select(property => property.Name == nameof(options.Limits) ? "OpenFiles" : property.Name))
        {
            Assert.That(failures, Has.Some.StartsWith($"Property {property}:"));
        }
    }

    [TestCase(2, 0, ExpectedResult = "ResultSlotBytes")]
    [TestCase(0, 4096, ExpectedResult = "ResultSlotBytes")]
    [TestCase(1, 4096, ExpectedResult = "ResultSlots")]
    [TestCase(2, 4096, ExpectedResult = null)]
    public string? Result_slots_need_a_size_and_one_for_each_worker(int slots, int slotBytes) =>
        Failures(new ProcessPoolOptions { Workers = 2, ResultSlots = slots, ResultSlotBytes = slotBytes }).SingleOrDefault()?.Split(' ', ':')[1];

    [TestCase(-1, ExpectedResult = true)]
    [TestCase(0, ExpectedResult = false)]
    public bool A_job_is_asked_before_it_is_ended(int difference)
    {
        var options = new ProcessPoolOptions { JobTimeout = TimeSpan.FromSeconds(1) };
        options.SoftTimeout = options.JobTimeout + TimeSpan.FromMilliseconds(difference);
        return Failures(options).Count == 0;
    }

    [Test]
    public void The_longest_delay_is_not_shorter_than_the_first() =>
        Assert.That(Failures(new ProcessPoolOptions { FirstRestartDelay = TimeSpan.FromMinutes(1) }).Single(), Does.Contain("MaxRestartDelay"));

    [Test]
    public void A_pool_keeps_a_copy_that_nobody_changes()
    {
        var options = new ProcessPoolOptions { Workers = 3, Limits = new ProcessLimits { OpenFiles = 100 } };
        var copy = ProcessPoolOptions.Checked("copied", options);
        options.Workers = 5;
        options.Limits.OpenFiles = 5;
        Assert.That((copy.Workers, copy.Limits!.OpenFiles), Is.EqualTo((3, 100)));
        var thrown = Assert.Throws<OptionsValidationException>(() => ProcessPoolOptions.Checked("copied", new ProcessPoolOptions { Workers = 0, MaxAttempts = 0 }));
        Assert.That((thrown!.OptionsName, thrown.Failures.Count()), Is.EqualTo(("copied", 2)));
    }

    private static List<string> Failures(ProcessPoolOptions options) => [.. new ProcessPoolOptionsValidator().Validate("pool", options).Failures ?? []];
}
