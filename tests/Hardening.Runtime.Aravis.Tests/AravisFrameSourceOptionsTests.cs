using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Aravis.Tests;

public sealed class AravisFrameSourceOptionsTests
{
    [TestCase("Name", " ", "Name: must not be empty.")]
    [TestCase("Address", null, "Address: or Device must be set, and not both")]
    [TestCase("Device", "Aravis-GV01", "Address: or Device must be set, and not both")]
    [TestCase("Address", "10.1", "Address: must be the IPv4 address of one host, such as 192.168.1.10, but is '10.1'.")]
    [TestCase("Address", "255.255.255.255", "Address: must be the IPv4 address of one host")]
    [TestCase("Address", "0.0.0.0", "Address: must be the IPv4 address of one host")]
    [TestCase("Address", "::1", "Address: must be the IPv4 address of one host")]
    [TestCase("InterfaceAddress", "eth0", "InterfaceAddress: must be the IPv4 address of one host")]
    [TestCase("Width", 0, "Width: must be 1 to 65536, but is 0.")]
    [TestCase("OffsetY", -1, "OffsetY: must be 0 to 65535, but is -1.")]
    [TestCase("FrameRate", double.NaN, "FrameRate: must be 0.01 to 100000, but is NaN.")]
    [TestCase("PacketSize", 100, "PacketSize: must be 220 to 65500, but is 100.")]
    [TestCase("PacketRequestRatio", 3.0, "PacketRequestRatio: must be 0 to 2, but is 3.")]
    [TestCase("DriverBuffers", 1, "DriverBuffers: must be 2 to 1024, but is 1.")]
    [TestCase("ReceiveBufferBytes", 1L, "ReceiveBufferBytes: must be 65536 to 1073741824, but is 1.")]
    [TestCase("Trigger", (AravisTrigger)9, "Trigger: must be one of FreeRun, Software, Line, but is 9.")]
    [TestCase("Trigger", AravisTrigger.Line, "TriggerLine: must be set with Trigger Line, and only with it, but is '' with Line.")]
    [TestCase("TriggerLine", "Line1", "TriggerLine: must be set with Trigger Line, and only with it, but is 'Line1' with none.")]
    [TestCase("TriggerActivation", "RisingEdge", "TriggerActivation: needs Trigger Line, but is 'RisingEdge' with none.")]
    [TestCase("PtpCheckEvery", null, "PtpCheckEvery: must be 00:00:00.1000000 to 01:00:00, but is 00:00:00.")]
    [TestCase("Chunks", new[] { "A", "A" }, "Chunks: must be names of features, each once, and 32 at most, but is 'A, A'.")]
    [TestCase("Features", new[] { "Gain=1", "=2" }, "Features: must be Name=Value, or Name for a command, but one is '=2'.")]
    public void Says_what_is_allowed(string option, object? value, string message)
    {
        var options = new AravisFrameSourceOptions { Address = "192.168.1.10" };
        typeof(AravisFrameSourceOptions).GetProperty(option)!.SetValue(options, value);
        var thrown = Assert.Throws<OptionsValidationException>(() => new AravisFrameSource(options).Dispose())!;
        Assert.That(thrown.Message, Does.Contain(message[(message.IndexOf(':', StringComparison.Ordinal) + 2)..]).And.Contain(message[..message.IndexOf(':', StringComparison.Ordinal)]));
    }

    [Test]
    public void Binds_features_and_chunks_in_their_order()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Address"] = "192.168.1.10",
            ["Trigger"] = "Line",
            ["TriggerLine"] = "Line1",
            ["Ptp"] = "true",
            ["PtpWait"] = "00:00:30",
            ["Chunks:0"] = "ChunkExposureTime",
            ["Features:0"] = "GainSelector=Red",
            ["Features:1"] = "Gain=3",
            ["Features:2"] = "GainSelector=Blue",
            ["Features:10"] = "Gain=5",
        }).Build();
        var options = configuration.Get<AravisFrameSourceOptions>()!;
        Assert.That(options.Features, Is.EqualTo(["GainSelector=Red", "Gain=3", "GainSelector=Blue", "Gain=5"]));
        Assert.That(options.Chunks, Is.EqualTo(["ChunkExposureTime"]));
        Assert.That((options.Trigger, options.Ptp, options.PtpWait), Is.EqualTo((AravisTrigger.Line, true, TimeSpan.FromSeconds(30))));
        using var source = new AravisFrameSource(options);
    }

    [Test]
    public void A_frame_waits_at_least_as_long_as_a_packet()
    {
        var options = new AravisFrameSourceOptions { Address = "192.168.1.10", PacketTimeout = TimeSpan.FromMilliseconds(200), InitialPacketTimeout = TimeSpan.FromSeconds(2) };
        var thrown = Assert.Throws<OptionsValidationException>(() => new AravisFrameSource(options).Dispose())!;
        Assert.That(thrown.Message, Does.Contain("must be 00:00:00.2000000 to 00:00:10, but is 00:00:00.1000000").And.Contain("InitialPacketTimeout"));
    }

    [Test]
    public void Opens_nothing_before_it_is_asked_to()
    {
        using var source = new AravisFrameSource(new AravisFrameSourceOptions { Address = "192.168.1.10", Name = "left" });
        Assert.That((source.Name, source.DriverBuffers), Is.EqualTo(("left", 10)));
        Assert.That(source.GetStatistics(), Is.EqualTo(new AravisStatistics()));
    }
}
