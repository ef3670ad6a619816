using System.Globalization;
using Hardening.Runtime.Aravis.Tests.Simulation;

namespace Hardening.Runtime.RabbitMq.Tests.Camera;

/// <summary>Three hosts, each a process, share five GigE Vision cameras. One is killed.</summary>
public sealed class CameraFailoverTests
{
    private const int Cameras = 5;
    private const int MostOfAHost = 3;
    private static readonly TimeSpan TakeOverLimit = TimeSpan.FromSeconds(10); // what issue and page promise

    [Test, CancelAfter(240_000)]
    public async Task When_a_host_is_killed_others_run_its_cameras_within_ten_seconds_and_theirs_lose_no_frame(CancellationToken timeout)
    {
        using var farm = GvFarm.Start(Cameras);
        using var directory = new MarkedDirectory();
        var hosts = new List<CameraHostProcess>();
        try
        {
            hosts.AddRange(new[] { "a", "b", "c" }.Select(name => CameraHostProcess.Start(name, directory.Child(name), Arguments(name, farm))));
            await HoldsAsync(hosts, () => hosts.Sum(host => host.Cameras.Count) == Cameras, "every camera has a host", timeout);
            await HoldsAsync(hosts, () => hosts.SelectMany(host => host.Cameras.Concat(host.Lines)).CountBy(camera => camera).All(camera => camera.Value >= 2), "somebody stands in line for each", timeout);
            var victim = hosts.MaxBy(host => host.Cameras.Count)!;
            var others = hosts.Where(host => host != victim).ToList();
            var taken = victim.Cameras;
            var kept = others.SelectMany(host => host.Cameras.Select(camera => (Host: host, Before: host.Report(camera)!))).ToList();
            TestContext.Out.WriteLine(string.Join("; ", hosts.Select(host => $"{host.Name} runs {string.Join(", ", host.Cameras)}")));
            Assert.That(taken, Has.Count.GreaterThanOrEqualTo(2), "five cameras, three hosts");

            var begin = TimeProvider.System.GetTimestamp();
            victim.Kill();
            await HoldsAsync(hosts, () => taken.All(camera => others.Any(host => host.Cameras.Contains(camera))), "others run them", timeout);
            var gap = TimeProvider.System.GetElapsedTime(begin);
            TestContext.Out.WriteLine($"{taken.Count} cameras taken over within {gap.TotalSeconds:0.0} s");
            await HoldsAsync(hosts, () => kept.All(one => one.Host.Report(one.Before.Camera)!.Received > one.Before.Received + 50), "the other cameras go on", timeout);

            Assert.That(gap, Is.LessThan(TakeOverLimit), Describe(hosts));
            foreach (var (host, before) in kept)
            {
                var now = host.Report(before.Camera)!;
                Assert.That((now.IsOwned, now.Term, now.Lost, now.Outages), Is.EqualTo((true, before.Term, 0L, 0L)), $"{host.Name}: {before.Camera}\n{Describe(hosts)}");
            }

            Assert.That(taken.Select(camera => others.Single(host => host.Report(camera)!.IsOwned).Report(camera)!.Term), Is.All.EqualTo(2), "they have changed hands once");
            Assert.That(others.Select(host => host.Stop()), Is.All.Zero, Describe(hosts));
            await Eventually.HoldsAsync(() => directory.Processes.Count == 0, "nothing is left of any host", timeout);
            await Eventually.HoldsAsync(() => farm.Cameras.All(camera => !camera.IsControlled), "every camera is free", timeout);
        }
        finally
        {
            hosts.ForEach(host => host.Dispose());
        }
    }

    private static IEnumerable<string> Arguments(string name, GvFarm farm)
    {
        const string Options = "--Hardening:CameraOwnership:line";
        yield return $"--Hardening:RabbitMq:Uri={CameraBroker.Shared.Uri}";
        yield return "--Hardening:RabbitMq:ConnectTimeout=00:00:30";
        yield return $"{Options}:HostName={name}";
        yield return string.Create(CultureInfo.InvariantCulture, $"{Options}:MaxCameras={MostOfAHost}");
        yield return $"{Options}:ReleaseAfter=00:00:04"; // a busy machine is no reason
        yield return $"{Options}:RenewEvery=00:00:00.5";
        yield return "--Hardening:FramePipeline:line:SilentAfter=00:00:05";
        yield return "--Hardening:FramePipeline:line:OpenTimeout=00:01:00";
        foreach (var (index, camera) in farm.Cameras.Index())
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{Options}:Cameras:{index}=camera-{index}");
            yield return string.Create(CultureInfo.InvariantCulture, $"--Addresses:camera-{index}={camera.Address}");
        }
    }

    private static async Task HoldsAsync(List<CameraHostProcess> hosts, Func<bool> condition, string description, CancellationToken timeout)
    {
        try
        {
            await Eventually.HoldsAsync(condition, description, timeout);
        }
        catch (AssertionException e)
        {
            throw new AssertionException($"{e.Message}\n{Describe(hosts)}", e);
        }
    }

    private static string Describe(List<CameraHostProcess> hosts) => string.Join('\n', hosts.Select(host => host.Log));
}
