using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenCvSharp;

namespace Hardening.Runtime.OpenCv.Tests;

/// <summary>The one setting of threads that OpenCV has. Not at the same time as others.</summary>
[NonParallelizable]
public sealed class OpenCvThreadsTests
{
    [TearDown]
    public void Forget() => OpenCvThreads.Forget();

    [Test]
    public void One_thread_is_set_and_stays_set()
    {
        var state = OpenCvThreads.Configure();
        Assert.That((state.Configured, state.Reported, Cv2.GetNumThreads()), Is.EqualTo((1, 1, 1)));
        Assert.That(state.VisibleProcessors, Is.EqualTo(Environment.ProcessorCount));
        Assert.That(state.Framework, Is.Not.Empty.And.Not.EqualTo("unknown"));
        Assert.That(state.Version, Does.Match(@"^\d+\.\d+"));
        var again = OpenCvThreads.Configure();
        Assert.That((again.Reported, again.IsChanged), Is.EqualTo((1, false)));
    }

    [Test]
    public void What_other_code_changes_is_seen_and_set_back()
    {
        OpenCvThreads.Configure();
        Cv2.SetNumThreads(2);
        Assert.That((OpenCvThreads.Read().IsChanged, OpenCvThreads.Read().Reported), Is.EqualTo((true, 2)));
        Assert.That(OpenCvThreads.Configure().IsChanged, Is.False);
    }

    [Test]
    public void Health_is_degraded_by_a_change_and_tells_the_processors()
    {
        OpenCvThreads.Configure();
        var good = OpenCvThreadsHealthCheck.Judge(OpenCvThreads.Read());
        Assert.That((good.Status, good.Data["threads"], good.Data["visible_processors"]), Is.EqualTo((HealthStatus.Healthy, (object)1, (object)Environment.ProcessorCount)));
        var changed = OpenCvThreadsHealthCheck.Judge(OpenCvThreads.Read() with { Reported = 32 });
        Assert.That((changed.Status, changed.Description), Is.EqualTo((HealthStatus.Degraded, "OpenCV was set to 1 threads and runs on 32: other code of this process has called SetNumThreads.")));
    }

    [Test]
    public void A_number_without_a_meaning_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => OpenCvThreads.Configure(0));

    [TestCase("  Parallel framework:            TBB (ver 2021.8 interface 12080)\n", "TBB (ver 2021.8 interface 12080)")]
    [TestCase("x\n  Parallel framework:            pthreads\r\n  y", "pthreads")]
    [TestCase("", "unknown")]
    public void The_framework_is_read_from_what_OpenCV_says_of_itself(string text, string framework) =>
        Assert.That(BuildInformation.FrameworkOf(text), Is.EqualTo(framework));

    [Test]
    public void Variables_that_do_nothing_are_named()
    {
        var notes = BuildInformation.Notes(name => name == "OMP_NUM_THREADS" ? "4" : null).ToList();
        Assert.That(notes, Has.Count.EqualTo(BuildInformation.Framework.StartsWith("OpenMP", StringComparison.Ordinal) ? 0 : 1));
        Assert.That(BuildInformation.Notes(_ => null), Is.Empty);
    }
}
