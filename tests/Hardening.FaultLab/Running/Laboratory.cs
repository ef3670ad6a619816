using System.Diagnostics;
using System.Text.Json;
using Hardening.FaultLab.Faults;
using Hardening.FaultLab.Judging;
using Hardening.FaultLab.Truth;
using Hardening.Processes;

namespace Hardening.FaultLab.Running;

/// <summary>Runs faults, each in a fresh process of this program: one that breaks spoils no other.</summary>
internal sealed class Laboratory : IAsyncDisposable
{
    private static readonly TimeSpan BesidesFault = TimeSpan.FromSeconds(100);

    private readonly WindowFolder? _windows;
    private readonly TimeProvider _time;
    private readonly string _place = Directory.CreateTempSubdirectory("hardening-faultlab-").FullName;
    private int _runs;

    private Laboratory(WindowFolder? windows, TimeProvider time) => (_windows, _time) = (windows, time);

    /// <summary>Why native faults cannot be had; empty when they can.</summary>
    public string NoNative { get; private set; } = "";

    private string? Library { get; set; }

    public static async Task<Laboratory> OpenAsync(WindowFolder? windows, TimeProvider time, CancellationToken stop)
    {
        var laboratory = new Laboratory(windows, time);
        (laboratory.Library, laboratory.NoNative) = await NativeCompiler.CompileAsync(laboratory._place, time, stop);
        return laboratory;
    }

    /// <summary>Runs one fault once.</summary>
    public async Task<Judgement> RunAsync(Fault fault, LabSettings settings, CancellationToken stop)
    {
        if (fault.NeedsNative && Library is null)
        {
            return Judgement.Skipped(fault, NoNative);
        }

        var place = Directory.CreateDirectory(Path.Combine(_place, FormattableString.Invariant($"run-{++_runs}"))).FullName;
        settings = settings with { Library = Library, Place = place };
        using var limit = new CancellationTokenSource(settings.WarmUp + settings.FaultTime + BesidesFault, _time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            await using var world = new OutsideWorld(place, _time);
            if (await fault.PrepareOutsideAsync(world, end.Token) is { } reason)
            {
                return Judgement.Skipped(fault, reason);
            }

            var (record, host) = await RunInsideAsync(fault, settings, world, end.Token);
            _windows?.Keep(fault.Name, settings.Reports);
            return Judge.Decide(fault, record, host);
        }
        catch (LabException e)
        {
            return Judgement.Broken(fault, e.Message);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return Judgement.Broken(fault, "the run was not done within its time limit");
        }
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_place, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<(RunRecord Record, HostRecord Host)> RunInsideAsync(Fault fault, LabSettings settings, OutsideWorld world, CancellationToken stop)
    {
        var files = (Settings: $"{settings.Place}.settings.json", Result: $"{settings.Place}.result.json");
        await File.WriteAllTextAsync(files.Settings, JsonSerializer.Serialize(settings, LabJson.Form), stop);
        var start = new ProcessStartInfo("dotnet", [typeof(Laboratory).Assembly.Location, Commands.InsideCommand.Verb, fault.Name, files.Settings, files.Result])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var child = SupervisedProcess.Start(start, new SupervisionOptions { Name = fault.Name, StopGracePeriod = TimeSpan.FromSeconds(1) });
        await using (child)
        {
            world.ProcessId = child.Id;
            using var host = new HostRecorder(child.Id, _time);
            var errors = child.StandardError.ReadToEndAsync(stop);
            while (await child.StandardOutput.ReadLineAsync(stop) is { } line)
            {
                if (line == InsideRun.Begin)
                {
                    await fault.RunOutsideAsync(world, settings.FaultTime, stop);
                    await child.StandardInput.WriteLineAsync(InsideRun.Ended.AsMemory(), stop);
                }
            }

            await child.WaitForExitAsync(stop);
            if (child.ExitCode != 0 || !File.Exists(files.Result))
            {
                throw new LabException($"the process under test ended with {child.ExitCode}: {(await errors).Trim().ReplaceLineEndings(" ")}");
            }

            return (JsonSerializer.Deserialize<RunRecord>(await File.ReadAllTextAsync(files.Result, stop), LabJson.Form)!, host.Take());
        }
    }
}
