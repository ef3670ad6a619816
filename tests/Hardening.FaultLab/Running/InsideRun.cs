using System.Text.Json;
using Hardening.FaultLab.Application;
using Hardening.FaultLab.Faults;
using Hardening.FaultLab.Judging;
using Hardening.FaultLab.Truth;
using Hardening.Stalls;

namespace Hardening.FaultLab.Running;

/// <summary>The process under test: the application, a fault, and what came of it. It says 'begin' when the lab is to do its part, and is told 'ended' when that is done.</summary>
internal sealed class InsideRun(Fault fault, LabSettings settings, TimeProvider time) : IDisposable
{
    public const string Begin = "begin";
    public const string Ended = "ended";

    private static readonly TimeSpan ProgressLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan WitnessLimit = TimeSpan.FromSeconds(10); // without it a run has no stacks, and says so
    private static readonly TimeSpan LastReport = TimeSpan.FromSeconds(15); // on a busy machine an end is reported long after it

    private readonly ManualResetEventSlim _outsideEnded = new();

    public async Task RunAsync(string resultFile, CancellationToken stop)
    {
        await using var witness = settings.Witness ? new WitnessStackSource(time: time) : null;
        if (witness is not null)
        {
            await witness.StartAsync(stop);
            await AwaitWitnessAsync(witness, stop);
        }

        // A thread of its own: the pool's are subject to faults.
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Run(resultFile, witness, done)) { Name = "lab-run", IsBackground = true }.Start();
        await done.Task.WaitAsync(stop);
    }

    public void Dispose() => _outsideEnded.Dispose();

    private async Task AwaitWitnessAsync(WitnessStackSource witness, CancellationToken stop)
    {
        var begin = time.GetTimestamp();
        while (!witness.IsReady && time.GetElapsedTime(begin) < WitnessLimit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, stop);
        }
    }

    private void Run(string resultFile, IThreadStackSource? stacks, TaskCompletionSource done)
    {
        try
        {
            Run(resultFile, stacks);
            done.SetResult();
        }
        catch (Exception e)
        {
            done.SetException(e);
        }
    }

    private void Run(string resultFile, IThreadStackSource? stacks)
    {
        using var application = new LabApplication(settings, settings.Library is { } library ? new NativeCode(library) : null, stacks, time);
        fault.Prepare(application);
        application.Start();
        AwaitProgress(application, $"get going before fault '{fault.Name}'");
        Wait(settings.WarmUp);

        new Thread(ListenForEnd) { Name = "lab-input", IsBackground = true }.Start();
        var begin = time.Nanoseconds();
        using (fault.Inject(application))
        {
            Console.Out.WriteLine(Begin);
            Wait(settings.FaultTime);
            if (!_outsideEnded.Wait(ProgressLimit))
            {
                throw new LabException("The lab did not say that its part was done.");
            }
        }

        var end = time.Nanoseconds();
        AwaitProgress(application, $"recover after fault '{fault.Name}' was taken away");
        application.AwaitReports(LastReport);
        var record = new RunRecord
        {
            Fault = fault.Name,
            Limit = settings.Limit,
            FaultStart = begin,
            FaultEnd = end,
            Gaps = application.TakeGaps(),
            Told = application.Ears.Take(),
        };
        File.WriteAllText(resultFile, JsonSerializer.Serialize(record, LabJson.Form));
    }

    private void ListenForEnd()
    {
        while (Console.In.ReadLine() is { } line)
        {
            if (line == Ended)
            {
                _outsideEnded.Set();
                return;
            }
        }
    }

    // All activities have moved, several times, and nothing waits in the pool.
    private void AwaitProgress(LabApplication application, string what)
    {
        var before = application.Progress;
        var begin = time.GetTimestamp();
        while (time.GetElapsedTime(begin) < ProgressLimit)
        {
            Wait(TimeSpan.FromMilliseconds(50));
            var now = application.Progress;
            if (!application.IsBehind && now.Camera > before.Camera + 3 && now.FirstWorker > before.FirstWorker + 3 && now.SecondWorker > before.SecondWorker + 3 && now.Pool > before.Pool + 3)
            {
                return;
            }
        }

        throw new LabException($"The application did not {what} within {ProgressLimit}.");
    }

    private static void Wait(TimeSpan duration)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(duration);
    }
}
