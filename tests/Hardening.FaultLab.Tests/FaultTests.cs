using Hardening.FaultLab.Faults;
using Hardening.FaultLab.Judging;
using Hardening.FaultLab.Running;

namespace Hardening.FaultLab.Tests;

/// <summary>Each fault once, for a second: the stall is told, its cause is named, and where the machine is so busy that others are the cause as well, that may be said.</summary>
public sealed class FaultTests
{
    private static readonly LabSettings s_short = new()
    {
        Limit = TimeSpan.FromMilliseconds(300),
        CheckEvery = TimeSpan.FromMilliseconds(50),
        WarmUp = TimeSpan.FromMilliseconds(300),
        FaultTime = TimeSpan.FromSeconds(1.2),
        Witness = false, // its own tests have it
    };

    private static Laboratory? s_laboratory;

    private static IEnumerable<string> Faults => FaultCatalog.All.Where(fault => fault is not Combination).Select(fault => fault.Name);

    [OneTimeSetUp]
    public static async Task OpenAsync() => s_laboratory = await Laboratory.OpenAsync(windows: null, TimeProvider.System, CancellationToken.None);

    [OneTimeTearDown]
    public static async Task CloseAsync()
    {
        if (s_laboratory is not null)
        {
            await s_laboratory.DisposeAsync();
        }
    }

    [TestCaseSource(nameof(Faults)), CancelAfter(150_000)]
    public async Task A_stall_is_told_and_named_as_what_it_is(string name, CancellationToken timeout)
    {
        var fault = FaultCatalog.Find(name)!;
        var judgement = await s_laboratory!.RunAsync(fault, s_short, timeout);
        if (judgement.Rating == Rating.Skipped)
        {
            Assert.Ignore(judgement.Reason);
        }

        TestContext.Out.WriteLine($"{judgement.Rating} {judgement.Gap?.Milliseconds:F0} ms, others {judgement.ForeignShare:P0}: {judgement.Headline} {string.Join(" | ", judgement.Evidence)}");
        Assert.Multiple(() =>
        {
            Assert.That(judgement.Rating, Is.Not.EqualTo(Rating.Broken), judgement.Reason);
            if (fault.Facts.IsHealthy)
            {
                Assert.That(judgement.False, Is.Empty, "told where there was no gap");
            }

            // A storm may keep the watchdog's own thread from looking in time: how often is measured, not asserted.
            if (fault.IsDeterministic)
            {
                Assert.That(judgement.Missed, Is.Empty, "a gap of more than twice the limit was not told");
                Assert.That(judgement.Rating, Is.AnyOf(Allowed(judgement)), $"named {judgement.Cause}: {judgement.Headline}");
            }
        });
    }

    // On a machine that others have, "I do not know" is an honest answer; on one that is ours it is not.
    private static Rating[] Allowed(Judgement judgement) => judgement.ForeignShare >= 0.5 ? [Rating.Right, Rating.Unknown] : [Rating.Right];
}
