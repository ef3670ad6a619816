using DeployService.Driving;
using DeployService.Measuring;
using DeployService.Reporting;
using DeployService.Serving;

namespace DeployService.Tests;

/// <summary>What the exit code is about.</summary>
public sealed class ClaimsTests
{
    private static readonly LeftProcesses None = new(0, 0);
    private static readonly LoadReport Load = new(10, Succeeded: 7, Failed: 0, TimedOut: 1, TurnedAway: 0, Cancelled: 2, NoAnswer: 0, Attempts: 13, Answers503: 3, WithoutRetryAfter: 0, Seconds: 1, Latency: null, Wait: null);

    private static readonly ServerReport Good = new()
    {
        Server = "hardened",
        Load = Load,
        EndedEarly = null,
        Counts = new DeploymentCounts(Received: 12, Succeeded: 7, Failed: 0, TimedOut: 1, TurnedAway: 3, Cancelled: 1, Running: 0), // one client left before it was heard
        AfterLoad = None,
        Terminated = Load,
        StopSeconds = 1,
        AfterSigterm = None,
        Killed = Load,
        AfterSigkill = None,
        RestartSeconds = 1,
        WorksAgain = true,
        LeftInTheEnd = 0,
    };

    [Test]
    public void Hold_of_a_run_that_is_as_it_should_be() => Assert.That(Claims.Broken(Good, 10), Is.Empty);

    [TestCaseSource(nameof(Bad))]
    public void Are_broken_by(object report, string sentence) => Assert.That(Claims.Broken((ServerReport)report, 10).Single(), Does.Contain(sentence));

    private static IEnumerable<TestCaseData> Bad()
    {
        yield return Case(Good with { AfterLoad = new(1, 0) }, "nothing is left after the load, but there were 1 processes");
        yield return Case(Good with { AfterSigterm = new(2, 0) }, "nothing is left after SIGTERM");
        yield return Case(Good with { AfterSigkill = new(3, 1) }, "nothing is left after SIGKILL");
        yield return Case(Good with { StopSeconds = null }, "had to be killed");
        yield return Case(Good with { WorksAgain = false }, "a restart deploys");
        yield return Case(Good with { EndedEarly = "too much" }, "the load ended early: too much");
        yield return Case(Good with { Load = Load with { Requests = 9 } }, "1 did not end");
        yield return Case(Good with { Load = Load with { Cancelled = 1, NoAnswer = 1 } }, "1 had no answer");
        yield return Case(Good with { Load = Load with { WithoutRetryAfter = 1 } }, "each 503 says when to come again, but 1 did not");
        yield return Case(Good with { Load = Load with { Succeeded = 3, Cancelled = 6 }, Counts = Good.Counts with { Succeeded = 8, Cancelled = 0 } }, "6 left and none was ended");
        yield return Case(Good with { Counts = Good.Counts with { Received = 13 } }, "each request ends in one way");
        yield return Case(Good with { Counts = Good.Counts with { Succeeded = 6, Cancelled = 2 } }, "each request ends in one way");
        yield return Case(Good with { Counts = Good.Counts with { Received = 14, Cancelled = 3 } }, "each request ends in one way");

        static TestCaseData Case(ServerReport report, string sentence) => new TestCaseData(report, sentence).SetArgDisplayNames(sentence);
    }
}
