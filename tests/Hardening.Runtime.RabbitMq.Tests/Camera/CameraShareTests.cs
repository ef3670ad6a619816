namespace Hardening.Runtime.RabbitMq.Tests.Camera;

/// <summary>How many cameras a host takes, and in which order it asks.</summary>
public sealed class CameraShareTests
{
    [Test]
    public void Takes_no_more_than_it_may_have()
    {
        var share = new CameraShare(Options(4, most: 2));
        Assert.That((share.HasRoom, share.TryTake(), share.TryTake(), share.HasRoom, share.TryTake(), share.Owned), Is.EqualTo((true, true, true, false, false, 2)));
        share.GiveBack();
        Assert.That((share.HasRoom, share.Owned, share.TryTake()), Is.EqualTo((true, 1, true)));
    }

    [Test]
    public void Asks_later_the_more_it_has_and_at_once_for_what_it_prefers()
    {
        var share = new CameraShare(Options(4, preferred: "c3"));
        Assert.That((share.Wait("c3"), share.Wait("c1")), Is.EqualTo((TimeSpan.Zero, TimeSpan.FromSeconds(1))));
        share.TryTake();
        share.TryTake();
        Assert.That((share.Wait("c3"), share.Wait("c1")), Is.EqualTo((TimeSpan.Zero, TimeSpan.FromSeconds(3))));
        Assert.That(new CameraShare(Options(4)).Wait("c1"), Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void Each_host_has_an_order_of_its_own_with_what_it_prefers_first()
    {
        var orders = Enumerable.Range(0, 10).Select(host => new CameraShare(Options(50, host: $"host-{host}")).InOrder()).ToList();
        Assert.That(orders, Is.All.EquivalentTo(Options(50).Cameras));
        Assert.That(orders.Select(order => order[0]).Distinct().Count(), Is.GreaterThanOrEqualTo(5), "they do not all begin with the same camera");
        Assert.That(new CameraShare(Options(50, host: "host-3")).InOrder(), Is.EqualTo(orders[3]), "each time the same");
        Assert.That(new CameraShare(Options(50, preferred: ["c17", "c4"])).InOrder().Take(2), Is.EqualTo(["c17", "c4"]));
    }

    private static CameraOwnershipOptions Options(int cameras, string host = "host", int? most = null, params string[] preferred)
    {
        var options = new CameraOwnershipOptions { HostName = host, MaxCameras = most, JoinDelay = TimeSpan.FromSeconds(1) };
        Enumerable.Range(0, cameras).ToList().ForEach(camera => options.Cameras.Add($"c{camera}"));
        Array.ForEach(preferred, options.Preferred.Add);
        return options;
    }
}
