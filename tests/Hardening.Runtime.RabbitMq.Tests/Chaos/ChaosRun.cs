using System.Diagnostics;
using System.Globalization;
using Hardening.BrokerHost.Chaos;

namespace Hardening.Runtime.RabbitMq.Tests.Chaos;

/// <summary>
/// Ten thousand jobs of one caller, three hosts, a broker, and what befalls them, from one seed. Each job must end once, in a way that its kind allows; what was counted must add up;
/// and nothing may be left, neither a job nor a process.
/// </summary>
internal sealed class ChaosRun(int seed, TestBroker broker) : IAsyncDisposable
{
    private const int Jobs = 10_000;
    private const int Hosts = 3;
    private const int Workers = 2;
    private const int Callers = 64;
    private const int Buffer = 16; // fewer than there are callers: while the broker is away some are refused

    private readonly Random _random = new(seed);
    private readonly ChaosLedger _ledger = new(Jobs);
    private readonly MarkedDirectory _marked = new();
    private readonly List<ServingHost> _hosts = []; // that serve
    private readonly List<ServingHost> _all = [];
    private readonly List<ServingHost> _ended = [];
    private readonly List<Task> _ending = [];
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private int _killedHosts;
    private int _brokerEnds;

    public async Task RunAsync(CancellationToken timeout)
    {
        try
        {
            for (var host = 0; host < Hosts; host++)
            {
                StartHost();
            }

            Assert.That(await Task.WhenAll(_hosts.Select(host => host.Ready)).WaitAsync(timeout), Has.All.True, "a host does not start");
            await using var caller = await ChaosCaller.StartAsync(broker.Uri, Buffer, timeout);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout);
            var feeding = FeedAsync(caller, stop);
            await BefallAsync(feeding, timeout);
            await feeding;
            await CheckAsync(caller, timeout);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            throw new AssertionException(Text($"it did not come to its end: {e.Message}"), e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _all.ForEach(host => host.Dispose());
        await Task.WhenAll(_ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _marked.Dispose();
    }

    private Task FeedAsync(ChaosCaller caller, CancellationTokenSource stop)
    {
        var kinds = Kinds();
        return Parallel.ForEachAsync(Enumerable.Range(0, Jobs), new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = stop.Token }, async (number, _) =>
        {
            var end = await caller.RunAsync(new ChaosRequest(number, kinds[number]), stop.Token);
            Assert.That(MayEnd(kinds[number], end.How), () => Text($"the {kinds[number]} job {number} ended so: {end.How}, {end.Why}"));
            var room = end.How == ChaosEnd.Rejected ? _ledger.NextDoneAsync() : Task.CompletedTask;
            _ledger.Enter(number, end.How);
            if (!_ledger.Wrong.IsEmpty)
            {
                Assert.Fail(Text(string.Join('\n', _ledger.Wrong)));
            }

            await Task.WhenAny(room, Task.Delay(TimeSpan.FromSeconds(1), stop.Token)); // a caller that is refused comes again when somebody was served
        });
    }

    // Of each thousand some are slow, some throw; and a few of all of them end their workers.
    private ChaosKind[] Kinds()
    {
        var kinds = new ChaosKind[Jobs];
        for (var number = 0; number < Jobs; number++)
        {
            kinds[number] = _random.Next(1000) switch { < 40 => ChaosKind.Slow, < 50 => ChaosKind.Throwing, _ => ChaosKind.Quick };
        }

        for (var deadly = 0; deadly < 5; deadly++)
        {
            kinds[_random.Next(Jobs)] = ChaosKind.Deadly;
        }

        return kinds;
    }

    private static bool MayEnd(ChaosKind kind, ChaosEnd end) => end == ChaosEnd.Rejected || end == kind switch
    {
        ChaosKind.Deadly => ChaosEnd.DeadLettered,
        ChaosKind.Throwing => ChaosEnd.Failed,
        _ => ChaosEnd.Succeeded,
    };

    // Faults come as jobs end, not as time goes by: a slow machine has as many of them.
    private async Task BefallAsync(Task feeding, CancellationToken timeout)
    {
        ChaosFault[] faults =
        [
            ChaosFault.KillHost, ChaosFault.KillHost, ChaosFault.KillHost, ChaosFault.KillTwoHosts, ChaosFault.StopHost, ChaosFault.StopBroker, ChaosFault.KillBroker, ChaosFault.KillBroker,
        ];
        _random.Shuffle(faults);
        for (var at = 0; at < faults.Length; at++)
        {
            if (await Task.WhenAny(feeding, _ledger.ReachesAsync(Jobs * (at + 1) / (faults.Length + 1))).WaitAsync(timeout) == feeding)
            {
                return; // it failed, and says why
            }

            await NothingIsLeftAsync(timeout);
            TestContext.Progress.WriteLine(Brief($"{faults[at]} after {_ledger.Count} jobs"));
            await BefallAsync(faults[at], timeout);
        }
    }

    private async Task BefallAsync(ChaosFault fault, CancellationToken timeout)
    {
        switch (fault)
        {
            case ChaosFault.KillHost or ChaosFault.KillTwoHosts:
                for (var count = fault == ChaosFault.KillHost ? 1 : 2; count > 0; count--)
                {
                    var victim = Take();
                    victim.Kill();
                    _killedHosts++;
                    _ended.Add(victim);
                    StartHost();
                }

                break;
            case ChaosFault.StopHost:
                _ending.Add(StopAsync(Take(), timeout));
                StartHost();
                break;
            case ChaosFault.StopBroker:
                _brokerEnds++;
                await broker.RestartAsync(timeout);
                break;
            case ChaosFault.KillBroker:
                _brokerEnds++;
                await broker.KillAsync(timeout);
                await broker.StartAgainAsync(timeout);
                break;
        }
    }

    private ServingHost Take()
    {
        var host = _hosts[_random.Next(_hosts.Count)];
        _hosts.Remove(host);
        return host;
    }

    private void StartHost()
    {
        if (_hosts.Count >= Hosts)
        {
            throw new InvalidOperationException("A host is started in the place of another.");
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"host-{_all.Count}");
        var host = ServingHost.Start(name, _marked.Child(name), ["chaos", .. ChaosCaller.HostConfiguration(broker.Uri, Workers)]);
        _hosts.Add(host);
        _all.Add(host);
    }

    private async Task StopAsync(ServingHost host, CancellationToken timeout) =>
        Assert.That(await host.StopAsync(timeout), Is.Zero, () => Text($"{host.Name} was asked to end"));

    // Of those that were killed some hundred jobs ago.
    private async Task NothingIsLeftAsync(CancellationToken timeout)
    {
        foreach (var host in _ended)
        {
            await Eventually.HoldsAsync(() => ProcessScan.In(Path.Combine(_marked.FullName, host.Name)).Count == 0, Brief($"nothing is left of {host.Name}"), timeout);
        }

        _ended.Clear();
    }

    private async Task CheckAsync(ChaosCaller caller, CancellationToken timeout)
    {
        // Jobs that were sent twice are still to be done, and their results to be dropped.
        await using var queues = await ChaosQueues.OpenAsync(broker.Uri, timeout);
        await queues.AreEmptyAsync(timeout);
        await Task.WhenAll([.. _ending, .. _hosts.Select(host => StopAsync(host, timeout))]);
        await NothingIsLeftAsync(timeout);
        await Eventually.HoldsAsync(() => _marked.Processes.Count == 0, Brief("no process is left of those that were asked to end either"), timeout); // a supervisor goes a moment after its host

        caller.CheckCounts(_ledger, Jobs, Text);
        // A result comes twice where the end of a host or of the broker came between the result and its acknowledgement; a job is done twice where the broker ended before it confirmed that it has it.
        var most = (_killedHosts * Workers) + (_brokerEnds * ((Hosts * Workers) + Callers));
        Assert.That(caller.Duplicates, Is.LessThanOrEqualTo(most), () => Text("more came twice than can"));
        Assert.That(await queues.CountAsync(timeout), Is.Zero, () => Text("jobs are left"));
        Assert.That(await queues.ReadDeadLettersAsync(timeout), Is.EquivalentTo(_ledger.NumbersOf(ChaosEnd.DeadLettered).Select(ChaosCaller.Key)), () => Text("other jobs are dead letters than callers were told of"));
        TestContext.Progress.WriteLine(Brief($"done; {caller.Duplicates} results came twice, of at most {most}"));
    }

    private string Text(string what) => $"{Brief(what)}\n{string.Join('\n', _all.Select(host => host.Log))}";

    private string Brief(string what) => string.Create(CultureInfo.InvariantCulture, $"seed {seed} at {_elapsed.Elapsed.TotalSeconds:0} s: {what}. {_ledger}; {_killedHosts} hosts killed, {_brokerEnds} ends of the broker");
}
