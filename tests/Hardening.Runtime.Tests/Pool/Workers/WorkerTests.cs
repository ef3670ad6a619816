using Hardening.Pool;
using Hardening.Pool.Protocol;
using Hardening.TestWorker.Pool;

namespace Hardening.Runtime.Tests.Pool.Workers;

/// <summary>Workers of .NET: started, at work, and at their end.</summary>
[CancelAfter(60_000)]
public sealed class WorkerTests
{
    [Test]
    public void This_application_is_its_own_worker(CancellationToken timeout)
    {
        using var worker = StartedWorker.Start(WorkerCommand.ThisApplication<ScriptedHandler>());

        Assert.That(worker.Ready, Does.Contain("\"name\":\"ScriptedHandler\""));
        Assert.That(worker.Run("echo hello"), Is.EqualTo((MessageKind.Result, "hello")));
        Assert.That(worker.Run("pid").Text, Is.EqualTo($"{worker.Process.ProcessId}"));
    }
}
