using System.Text;
using System.Text.Json;
using Hardening.Pool;
using Hardening.Pool.Protocol;
using Hardening.TestWorker.Pool;

namespace Hardening.Runtime.Tests.Pool.Workers;

/// <summary>Workers of .NET: started, at work, and at their end.</summary>
[CancelAfter(60_000)]
public sealed class WorkerTests
{
    private static WorkerCommand Scripted => WorkerCommand.ThisApplication<ScriptedHandler>();

    private static NUnit.Framework.Constraints.PredicateConstraint<(MessageKind Kind, string Text)> Failed(string with) =>
        new(answer => answer.Kind == MessageKind.Error && answer.Text.Contains(with, StringComparison.Ordinal));

    [Test]
    public void This_application_is_its_own_worker(CancellationToken timeout)
    {
        using var worker = StartedWorker.Start(Scripted);

        Assert.That(worker.Ready, Does.Contain("\"name\":\"ScriptedHandler\"").And.Contain($"\"process\":{worker.Process.ProcessId}"));
        Assert.That(worker.Run("echo hello"), Is.EqualTo((MessageKind.Result, "hello")));
        Assert.That(worker.Run("pid").Text, Is.EqualTo($"{worker.Process.ProcessId}"));
    }

    [TestCase("Hardening.TestWorker.dll")]
    [TestCase("Hardening.TestWorker")]
    public void Another_program_is_a_worker_by_its_assembly_or_its_executable(string path, CancellationToken timeout)
    {
        using var worker = StartedWorker.Start(WorkerCommand.Executable(path, "pool-worker"));

        Assert.That(worker.Run("echo hello"), Is.EqualTo((MessageKind.Result, "hello")));
    }

    [Test]
    public void A_result_may_be_larger_than_the_ring_and_not_larger_than_a_message(CancellationToken timeout)
    {
        using var worker = StartedWorker.Start(Scripted);

        Assert.That(worker.Run("large 1000000").Text, Has.Length.EqualTo(1_000_000));
        Assert.That(worker.Run("large 2000000"), Failed("MaxMessageBytes"));
        Assert.That(worker.Run("echo on").Text, Is.EqualTo("on"));
    }

    [Test]
    public void An_exception_is_the_jobs_and_not_the_workers(CancellationToken timeout)
    {
        using var worker = StartedWorker.Start(Scripted);

        var (kind, text) = worker.Run("throw It \"broke\".");
        using var error = JsonDocument.Parse(text);

        Assert.That(kind, Is.EqualTo(MessageKind.Error));
        Assert.That(error.RootElement.GetProperty("type").GetString(), Is.EqualTo("System.InvalidOperationException"));
        Assert.That(error.RootElement.GetProperty("message").GetString(), Is.EqualTo("It \"broke\"."));
        Assert.That(error.RootElement.GetProperty("trace").GetString(), Does.Contain("at Hardening.TestWorker.Pool.ScriptedHandler.Run"));
        Assert.That(worker.Run("count").Text, Is.EqualTo("2"));
    }

    [Test]
    public void A_long_exception_is_cut(CancellationToken timeout)
    {
        using var worker = StartedWorker.Start(Scripted);

        var (kind, text) = worker.Run($"throw {new string('é', 200_000)}");

        Assert.That(kind, Is.EqualTo(MessageKind.Error));
        Assert.That(text.Length, Is.LessThan(400_000));
        Assert.That(text.Contains("\\u2026", StringComparison.Ordinal), "It ends with an ellipsis.");
    }

    [Test]
    public void Cancel_reaches_the_job_that_runs_and_no_other(CancellationToken timeout)
    {
        using var worker = StartedWorker.Start(Scripted);

        Assert.That(worker.Process.Channel.TrySendAside(MessageKind.Cancel, 77));
        var job = worker.Begin("wait");
        Assert.That(worker.Process.Channel.TrySendAside(MessageKind.Cancel, job - 1));
        Assert.That(worker.Process.Channel.TrySendAside(MessageKind.Cancel, job));
        Assert.That(worker.Receive(), Failed("OperationCanceledException"));

        // the token is good for the next job again
        Assert.That(worker.Run("remaining", softLimit: 60_000).Text, Is.Not.EqualTo("none"));
        job = worker.Begin("wait");
        Assert.That(worker.Process.Channel.TrySendAside(MessageKind.Cancel, job));
        Assert.That(worker.Receive().Kind, Is.EqualTo(MessageKind.Error));
        Assert.That(worker.Run("echo on").Text, Is.EqualTo("on"));
    }

    [Test]
    public void The_soft_limit_cancels_in_the_worker_itself(CancellationToken timeout)
    {
        using var worker = StartedWorker.Start(Scripted);

        for (var i = 0; i < 3; i++)
        {
            Assert.That(worker.Run("wait", softLimit: 50), Failed("OperationCanceledException"));
        }

        Assert.That(worker.Run("remaining").Text, Is.EqualTo("none"));
        Assert.That(double.Parse(worker.Run("remaining", softLimit: 600_000).Text, null), Is.InRange(1, 600_000));
    }

    [Test]
    public async Task Stop_lets_what_was_sent_be_done_and_disposes_the_handler(CancellationToken timeout)
    {
        var file = Path.GetTempFileName();
        using var worker = StartedWorker.Start(Scripted);
        worker.Run($"disposes {file}");

        worker.Begin("sleep 0.2");
        worker.Begin("echo last");
        Assert.That(worker.Process.Channel.TrySendAside(MessageKind.Stop, 0));

        Assert.That(worker.Receive().Text, Is.EqualTo("slept"));
        Assert.That(worker.Receive().Text, Is.EqualTo("last"));
        Assert.That((await worker.ExitAsync(timeout)).ExitCode, Is.Zero);
        Assert.That(await File.ReadAllTextAsync(file, timeout), Is.EqualTo("disposed"));
        File.Delete(file);
    }

    [TestCase("exit 3", 3, "")]
    [TestCase("abort The plan failed.", 134, "The plan failed.")]
    [TestCase("overflow", 134, "Overflow")]
    [TestCase("crash", 134, "NullReferenceException|Fatal error|AccessViolation")]
    [TestCase("thread It broke.", 134, "It broke.")]
    public async Task A_worker_that_dies_leaves_its_exit_code_and_its_last_words(string command, int exitCode, string words, CancellationToken timeout)
    {
        using var worker = StartedWorker.Start(Scripted);

        worker.Run("error before");
        worker.Begin(command);

        var exit = await worker.ExitAsync(timeout);
        Assert.That(exit.ExitCode, Is.EqualTo(exitCode), worker.Process.LastOutput());
        Assert.That(worker.Process.LastOutput(), Does.Match(words).And.Match(exitCode == 134 ? "" : "before"));
    }

    [Test]
    public async Task A_worker_whose_host_is_gone_exits_in_the_middle_of_a_job(CancellationToken timeout)
    {
        using var worker = StartedWorker.Start(Scripted);

        worker.Begin("sleep 1000");
        worker.Process.Channel.Dispose(); // closes its standard input

        Assert.That((await worker.ExitAsync(timeout)).ExitCode, Is.Zero);
    }

    [Test]
    public void A_handler_that_cannot_be_made_is_told_by_the_workers_last_words(CancellationToken timeout)
    {
        var failure = Assert.Throws<AssertionException>(() => StartedWorker.Start(WorkerCommand.ThisApplication<ThrowingStartHandler>()).Dispose());

        Assert.That(failure!.Message, Does.Contain("The model is missing."));
    }

    [Test]
    public void What_the_worker_starts_is_no_worker(CancellationToken timeout)
    {
        using var worker = StartedWorker.Start(Scripted);

        var variables = worker.Run("variables").Text.Split('\n');
        Assert.That(variables, Has.None.StartsWith("HARDENING_WORKER").And.None.EqualTo("DOTNET_STARTUP_HOOKS").And.None.EqualTo("DOTNET_gcServer"));
        Assert.That(variables, Does.Contain("PATH"));
        Assert.That(worker.Run("input").Text, Is.Empty);
    }

    [Test]
    public async Task What_a_worker_writes_goes_to_the_log_and_its_end_is_kept(CancellationToken timeout)
    {
        using var log = new LogRecorder();
        using (var worker = StartedWorker.Start(Scripted, StartedWorker.Setup(log.CreateLogger("pool"))))
        {
            worker.Run("out to the output");
            worker.Run("error to the error");
            worker.Run("flood 100");
            worker.Run("error the end");

            var lines = worker.Process.LastOutput().Split('\n');
            Assert.That(lines, Has.Length.LessThanOrEqualTo(20));
            Assert.That(lines[^1], Is.EqualTo("the end"));
        }

        await Eventually.HoldsAsync(() => log.Records.Any(record => record.EventId == 3100 && record.Message.EndsWith(": the end", StringComparison.Ordinal)), "the lines are logged", timeout);
    }

    [Test]
    public void A_context_is_for_the_job_of_its_id_alone_and_a_malformed_one_is_passed_over(CancellationToken timeout)
    {
        const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using var worker = StartedWorker.Start(Scripted);
        Assert.That(Trace(1, $"{Parent}\nshop=2f1a"), Is.EqualTo($"{Parent} shop=2f1a"));
        Assert.That(worker.Run("trace").Text, Is.EqualTo("- -"), "job 2 has none");
        Assert.That(Trace(7, Parent), Is.EqualTo("- -"), "the context of a job that was taken back");
        Assert.That(Trace(4, Parent), Is.EqualTo($"{Parent} -"));
        Assert.That(Trace(5, "garbage"), Is.EqualTo("- -"));
        Assert.That(Trace(6, ""), Is.EqualTo("- -"));
        Assert.That(Trace(7, new string('0', 100_000)), Is.EqualTo("- -"));
        Assert.That(Trace(8, $"{Parent}\n{new string('s', 100_000)}"), Is.EqualTo($"{Parent} -"), "a tracestate that is too long is none");

        string Trace(ulong job, string context)
        {
            worker.Send(MessageKind.Context, job, Encoding.ASCII.GetBytes(context));
            return worker.Run("trace").Text;
        }
    }

    [TestCase("")]
    [TestCase("token")]
    public void A_worker_allocates_nothing_for_a_job(string request, CancellationToken timeout)
    {
        using var worker = StartedWorker.Start(WorkerCommand.ThisApplication<AllocationHandler>());
        for (var i = 0; i < 200; i++)
        {
            worker.Run(request, softLimit: 60_000);
        }

        const int Jobs = 200;
        var before = Allocated();
        for (var i = 0; i < Jobs; i++)
        {
            worker.Run(request, softLimit: 60_000);
        }

        Assert.That(Allocated() - before, Is.LessThan(Jobs), "Less than a byte for a job: the runtime itself allocates now and then.");

        long Allocated() => long.Parse(worker.Run(request, softLimit: 60_000).Text, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Test]
    public void A_program_that_is_not_there_cannot_be_started(CancellationToken timeout) =>
        Assert.That(() => WorkerCommand.Executable("nowhere/at-all").Start(StartedWorker.Setup()), Throws.TypeOf<WorkerStartException>().With.Message.Contains("nowhere/at-all"));

    [Test]
    public async Task Workers_come_and_go_without_descriptors_left(CancellationToken timeout)
    {
        await OneAsync(timeout); // what is opened once, is
        var before = Directory.GetFiles("/proc/self/fd").Length;
        for (var i = 0; i < 5; i++)
        {
            await OneAsync(timeout);
        }

        await Eventually.HoldsAsync(() => Directory.GetFiles("/proc/self/fd").Length <= before, "all descriptors are closed", timeout);

        static async Task OneAsync(CancellationToken timeout)
        {
            using var worker = StartedWorker.Start(Scripted);
            worker.Begin("exit 0");
            await worker.ExitAsync(timeout);
            await worker.Process.OutputEnded.WaitAsync(timeout);
        }
    }
}
