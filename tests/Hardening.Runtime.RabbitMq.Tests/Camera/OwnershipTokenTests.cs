namespace Hardening.Runtime.RabbitMq.Tests.Camera;

/// <summary>What goes round in a camera's queue, as it comes from a peer.</summary>
public sealed class OwnershipTokenTests
{
    [Test]
    public void Comes_in_as_it_went_out()
    {
        var token = new OwnershipToken("host ä", "1234", 7, DateTimeOffset.FromUnixTimeMilliseconds(1_234_567_890_123), true);
        Assert.That(OwnershipToken.From(OverTheWire(token)), Is.EqualTo(token));
        Assert.That(OwnershipToken.From(OverTheWire(default)), Is.EqualTo(default(OwnershipToken)));
    }

    [Test]
    public void Of_nonsense_nothing_is_taken([Values("hardening-owner", "hardening-instance", "hardening-term", "hardening-last-frame", "hardening-released")] string header)
    {
        object?[] nonsense = [null, "", Array.Empty<byte>(), new byte[1000], -1L, long.MinValue, long.MaxValue, 1.5, new List<object?> { 1 }, new Dictionary<string, object?>()];
        foreach (var value in nonsense)
        {
            Assert.That(OwnershipToken.From(new Dictionary<string, object?> { [header] = value }), Is.EqualTo(default(OwnershipToken)), $"{value}");
        }
    }

    [Test]
    public void No_headers_are_no_token_of_anybody() => Assert.That(OwnershipToken.From(null), Is.EqualTo(default(OwnershipToken)));

    // Strings come in as bytes.
    private static Dictionary<string, object?> OverTheWire(OwnershipToken token) =>
        token.ToProperties().Headers!.ToDictionary(header => header.Key, header => header.Value is string text ? System.Text.Encoding.UTF8.GetBytes(text) : header.Value);
}
