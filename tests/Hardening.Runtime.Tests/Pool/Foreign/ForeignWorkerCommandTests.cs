using Hardening.Pool;
using Hardening.Runtime.Tests.Processes;

namespace Hardening.Runtime.Tests.Pool.Foreign;

[Platform("Linux")]
public sealed class ForeignWorkerCommandTests
{
    [Test]
    public void A_missing_interpreter_is_named_with_where_it_was_looked_for()
    {
        using var scratch = new Scratch();
        var command = WorkerCommand.Python(scratch.File("worker.py", ""), "python9.9");
        Assert.That(() => command.Start(ForeignWorker.Setup()), Throws.TypeOf<WorkerStartException>().With.Message.Contains("'python9.9', is neither in the application's directory").And.Message.Contains("PATH"));
        command = WorkerCommand.Python(scratch.File("worker.py", ""), "/opt/none/python3");
        Assert.That(() => command.Start(ForeignWorker.Setup()), Throws.TypeOf<WorkerStartException>().With.Message.Contains("is not at '/opt/none/python3'"));
    }

    [Test]
    public void A_missing_script_is_named()
    {
        var command = WorkerCommand.Python("scripts/none.py");
        Assert.That(() => command.Start(ForeignWorker.Setup()), Throws.TypeOf<WorkerStartException>().With.Message.Contains($"is not at '{Path.Combine(AppContext.BaseDirectory, "scripts/none.py")}'"));
    }

    [Test]
    public void A_command_is_shown_as_it_would_be_typed()
    {
        Assert.That(WorkerCommand.Command("my-worker", "--fast", "2").ToString(), Is.EqualTo("my-worker --fast 2"));
        Assert.That(WorkerCommand.Python("worker.py", "python2.7", "x").ToString(), Is.EqualTo("python2.7 worker.py x"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_program_that_is_no_worker_is_found_out(CancellationToken timeout)
    {
        using var silent = new ForeignWorker(WorkerCommand.Command("sh", "-c", "head -c 40 >/dev/null"));
        Assert.That((await silent.ExitAsync(timeout)).ExitCode, Is.Zero);
        using var printing = new ForeignWorker(WorkerCommand.Command("sh", "-c", "echo usage: none; sleep 1000"));
        Assert.That(() => printing.Receive(), Throws.TypeOf<WorkerProtocolException>().With.Message.Contains("'usage: none\\x0A'"));
    }
}
