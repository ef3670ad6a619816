using System.Net;

namespace DeployService.Tests;

/// <summary>The hardened service, as its clients and its operator see it. 7, 57, 107 and 157 are releases that never answer and are deaf to SIGTERM.</summary>
[Platform("Linux")]
public sealed class HardenedServiceTests
{
    [Test, CancelAfter(120_000)]
    public async Task Each_deployment_has_its_answer_and_nothing_is_left_of_it_by_then(CancellationToken timeout)
    {
        await using var service = await Service.StartAsync(timeout, "--deadline", "60");
        foreach (var (release, status) in new[] { (1, HttpStatusCode.OK), (21, HttpStatusCode.OK), (33, HttpStatusCode.OK), (42, HttpStatusCode.InternalServerError) })
        {
            using var answer = await service.DeployAsync(release, timeout);
            Assert.That(service.Processes.OfDeployments(), Is.Empty, $"release {release}");
            Assert.That(answer.StatusCode, Is.EqualTo(status), $"release {release}");
            Assert.That(await answer.Content.ReadAsStringAsync(timeout), Does.Contain(status == HttpStatusCode.OK ? $"release {release}: deployed" : "exit code 3"));
        }

        using var refused = await service.DeployAsync(0, timeout);
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await service.GetAsync("/health", timeout), Is.EqualTo("Healthy"));
        var counts = await service.ReadCountsAsync(timeout);
        Assert.That((counts.Received, counts.Succeeded, counts.Failed, counts.Ended), Is.EqualTo((4, 3, 1, 4)));
    }

    [Test, CancelAfter(120_000)]
    public async Task A_deployment_that_hangs_is_ended_at_its_deadline_and_answered(CancellationToken timeout)
    {
        await using var service = await Service.StartAsync(timeout, "--deadline", "1");
        using var answer = await service.DeployAsync(7, timeout);
        Assert.That(service.Processes.OfDeployments(), Is.Empty);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.GatewayTimeout));
    }

    [Test, CancelAfter(120_000)]
    public async Task Beyond_its_places_it_says_when_to_come_again_and_a_client_that_leaves_makes_room(CancellationToken timeout)
    {
        await using var service = await Service.StartAsync(timeout, "--places", "1", "--queue", "0", "--deadline", "600");
        using var leaves = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        var first = (await service.HangAsync(leaves.Token, 7)).Single();

        using var second = await service.DeployAsync(1, timeout);
        Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(second.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromSeconds(1)));

        await leaves.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => first);
        await Eventually.HoldsAsync(() => service.Processes.OfDeployments().Count == 0, "the deployment has ended with its client", timeout);
        using var third = await EventuallyDeployAsync(service, timeout);
        var counts = await service.ReadCountsAsync(timeout);
        Assert.That((counts.Cancelled, counts.Succeeded), Is.EqualTo((1, 1)));
    }

    [Test, CancelAfter(120_000)]
    public async Task SIGTERM_lets_deployments_come_to_their_end_and_leaves_nothing(CancellationToken timeout)
    {
        await using var service = await Service.StartAsync(timeout, "--deadline", "3600", "--drain", "600");
        var requests = await service.HangAsync(timeout, 7, 57);
        service.Process.Signal("TERM");
        await Eventually.HoldsAsync(() => !service.TakesConnections(), "the service takes no more requests", timeout);
        Signals.Send("KILL", service.Waits());
        foreach (var request in requests)
        {
            using var answer = await request;
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.InternalServerError), "the script has ended by itself, and says so");
        }

        var (exitCode, _, error) = await service.Process.WaitForEndAsync(timeout);
        Assert.That(exitCode, Is.Zero, error);
        await NothingIsLeftAsync(service, timeout);
    }

    [Test, CancelAfter(120_000)]
    public async Task SIGTERM_ends_deployments_that_do_not_end(CancellationToken timeout)
    {
        await using var service = await Service.StartAsync(timeout, "--deadline", "3600");
        var requests = await service.HangAsync(timeout, 7, 57);
        service.Process.Signal("TERM");
        await service.Process.WaitForEndAsync(timeout);
        Assert.That(requests.Select(request => request.IsCompletedSuccessfully && request.Result.IsSuccessStatusCode), Has.None.True);
        await NothingIsLeftAsync(service, timeout);
    }

    [Test, CancelAfter(120_000)]
    public async Task A_port_that_is_taken_is_said_in_the_last_line(CancellationToken timeout)
    {
        await using var service = await Service.StartAsync(timeout);
        await using var second = await Sample.StartAsync(Path.GetTempPath(), null, timeout, "serve", "hardened", "--port", $"{service.Port}");
        var (exitCode, _, error) = await second.WaitForEndAsync(timeout);
        var said = error.TrimEnd('\n').Split('\n'); // what was logged before stays: that the watchdog woke late, where much runs
        Assert.That((exitCode, said[^1]), Is.EqualTo((2, $"deploy-service: port {service.Port} is taken: give another --port, or 0 for one that is free.")), error);
    }

    [Test, CancelAfter(120_000)]
    public async Task SIGKILL_leaves_nothing(CancellationToken timeout)
    {
        await using var service = await Service.StartAsync(timeout, "--deadline", "3600");
        var requests = await service.HangAsync(timeout, 7, 57);
        using var agent = await service.DeployAsync(21, timeout);
        service.Process.Signal("KILL");
        await service.Process.WaitForEndAsync(timeout);
        await NothingIsLeftAsync(service, timeout);
        foreach (var request in requests)
        {
            await Assert.CatchAsync<HttpRequestException>(() => request);
        }
    }

    // The supervisor and its guard too.
    private static Task NothingIsLeftAsync(Service service, CancellationToken timeout) =>
        Eventually.HoldsAsync(() => service.Processes.All().Count == 0, "nothing is left of the service", timeout);

    // Its place comes free when the last process of the tree has been reaped, a moment after it has ended.
    private static async Task<HttpResponseMessage> EventuallyDeployAsync(Service service, CancellationToken timeout)
    {
        while (true)
        {
            var answer = await service.DeployAsync(1, timeout);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return answer;
            }

            answer.Dispose();
        }
    }
}
