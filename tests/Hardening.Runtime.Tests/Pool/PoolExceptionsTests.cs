using Hardening.Pool;

namespace Hardening.Runtime.Tests.Pool;

/// <summary>Messages say what happened, to what, and what to do.</summary>
public sealed class PoolExceptionsTests
{
    [Test]
    public void A_worker_that_ended_is_told_with_its_signal_and_its_last_words()
    {
        var killed = new WorkerExitedException("inspect", 77, 137, 9, "last words");
        Assert.That(killed.Message, Does.Contain("Worker 77 of pool 'inspect'").And.Contain("signal 9 (SIGKILL").And.Contain("MaxAttempts").And.EndWith("last words"));
        Assert.That((killed.PoolName, killed.ProcessId, killed.ExitCode, killed.Signal, killed.ErrorOutput), Is.EqualTo(("inspect", 77, 137, (int?)9, "last words")));
        Assert.That(new WorkerExitedException("inspect", 77, 3, null, "").Message, Does.Contain("exited with code 3").And.Contain("wrote nothing"));
    }

    [Test]
    public void A_failure_of_the_job_itself_shows_where_in_the_worker()
    {
        var failed = new JobFailedException("inspect", 77, "ValueError", "no image", "Traceback: line 3");
        Assert.That(failed.Message, Does.EndWith("ValueError: no image"));
        Assert.That(failed.ToString(), Does.EndWith("Traceback: line 3"));
        Assert.That((failed.ErrorType, failed.ErrorMessage, failed.WorkerTrace), Is.EqualTo(("ValueError", "no image", "Traceback: line 3")));
    }

    [Test]
    public void Each_says_what_to_do()
    {
        Assert.That(new JobTimedOutException("p", TimeSpan.FromSeconds(2), 77, "").Message, Does.Contain("00:00:02").And.Contain("JobTimeout"));
        Assert.That(new PoolFullException("p", 64, isDropped: false).Message, Does.Contain("64").And.Contain("Reject").And.Contain("Workers"));
        Assert.That(new PoolFullException("p", 64, isDropped: true).Message, Does.Contain("DropOldest"));
        Assert.That(new PoolFullException("p", 64, 4096L).Message, Does.Contain("64").And.Contain("4,096").And.Contain("QueueCapacityBytes").And.Contain("more hosts"));
        Assert.That(new PoisonJobException("p", "frame-7", 3).Message, Does.Contain("'frame-7'").And.Contain("3 workers").And.Contain("1 h"));
        Assert.That(new PoolUnavailableException("p").IsStopped);
        Assert.That(new PoolUnavailableException("p", 5, new IOException("no python3")).Message, Does.Contain("5").And.EndWith("no python3"));
        Assert.That(new WorkerMemoryException("p", 77, 2_000, 1_000, isFresh: true).Message, Does.Contain("2,000").And.Contain("Set MaxWorkerBytes"));
        Assert.That(new WorkerMemoryException("p", 77, 2_000, 1_000).Message, Does.Contain("2,000").And.Contain("1,000").And.Contain("MaxJobsPerWorker"));
        Assert.That(new WorkerStartException("It is missing.").Message, Is.EqualTo("It is missing."));
        Assert.That(new WorkerStartException("It ended.", "ImportError").Message, Does.Contain("ImportError"));
    }

    [Test]
    public void An_outcome_gives_its_result_or_throws_its_failure()
    {
        var failure = new IOException();
        Assert.That(new JobOutcome<int>(3, 7), Is.EqualTo(new JobOutcome<int>(3, 7)));
        Assert.That((new JobOutcome<int>(3, 7).Result, new JobOutcome<int>(3, 7).IsSuccess), Is.EqualTo((7, true)));
        Assert.That(() => new JobOutcome<int>(3, failure).Result, Throws.Exception.SameAs(failure));
    }
}
