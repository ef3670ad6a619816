using System.Globalization;
using System.Text;
using Hardening.Pool;
using PythonMigration;

const int badInput = 2;

if (args.Length > 1 || !int.TryParse(args.FirstOrDefault() ?? "300", CultureInfo.InvariantCulture, out var frames) || frames is < 1 or > 100_000)
{
    Console.Error.WriteLine("python-migration: the one argument is the number of frames, 1 to 100000 (300).");
    return badInput;
}

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    interrupted.Cancel();
};
var stop = interrupted.Token;
var runs = new List<RunFigures>();
try
{
    Console.WriteLine($"{frames} frames of a synthetic camera, 320 x 240 Mono8, measured by 2 workers; capture is .NET in each run.");
    if (await Interpreters.FindPython2Async(stop).ConfigureAwait(false) is { } python2)
    {
        await MeasureAsync("1. Python 2.7, as it was", "migration-python2", WorkerCommand.Python("worker.py", python2)).ConfigureAwait(false);
    }
    else
    {
        Console.WriteLine("1. There is no Python 2.7 on this machine: set HARDENING_PYTHON27 to its path.");
    }

    if (await Interpreters.FindPython3Async(stop).ConfigureAwait(false) is { } python3)
    {
        await MeasureAsync("2. Python 3, the same files", "migration-python3", WorkerCommand.Python("worker.py", python3)).ConfigureAwait(false);
    }
    else
    {
        Console.WriteLine("2. There is no python3 in PATH.");
    }

    await MeasureAsync("3. C#", "migration-dotnet", WorkerCommand.ThisApplication<Measure>()).ConfigureAwait(false);
}
catch (PoolUnavailableException e)
{
    Console.Error.WriteLine($"python-migration: {e.Message}");
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}

var reference = runs[0];
Console.WriteLine();
Console.WriteLine($"{"",-28}{"jobs",7}{"jobs/s",9}{"p50 ms",9}{"p99 ms",9}{"CPU ms/job",12}{"lost",6}{"children left",15}{"differences",13}");
foreach (var run in runs)
{
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{run.Name,-28}{run.Succeeded,7}{run.Succeeded / run.Elapsed.TotalSeconds,9:F0}{At(run, 0.5),9:F2}{At(run, 0.99),9:F2}{run.WorkerCpu.TotalMilliseconds / run.Frames,12:F2}{run.Lost,6}{run.ChildrenLeft,15}{run.DifferencesFrom(reference),13}"));
}

var isRight = runs.All(run => run is { Lost: 0, ChildrenLeft: 0 } && run.DifferencesFrom(reference) == 0);
Console.WriteLine();
Console.WriteLine(isRight
    ? $"All {runs.Count} give the same {frames} results, byte for byte. One of them: {Example(reference)}"
    : "They do not give the same: see the last columns.");
return isRight ? 0 : 1;

async Task MeasureAsync(string name, string pool, WorkerCommand worker)
{
    Console.WriteLine($"{name}: {worker}");
    runs.Add(await PoolRun.RunAsync(name, pool, worker, frames, stop).ConfigureAwait(false));
}

// The first that shows a spot.
static string Example(RunFigures run)
{
    var texts = run.Results.OrderBy(result => result.Key).Select(result => Encoding.UTF8.GetString(result.Value)).ToList();
    return texts.Find(text => !text.Contains("null", StringComparison.Ordinal)) ?? texts[0];
}

static double At(RunFigures run, double share) => run.Times.Count == 0 ? 0 : run.Times[(int)((run.Times.Count - 1) * share)].TotalMilliseconds;
