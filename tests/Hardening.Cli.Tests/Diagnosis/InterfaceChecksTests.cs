using Hardening.Cli.Diagnosis;

namespace Hardening.Cli.Tests.Diagnosis;

public sealed class InterfaceChecksTests
{
    private const string Eth0 = "/sys/class/net/eth0/";

    [TestCase("1500", Verdict.Warned)]
    [TestCase("9000", Verdict.Passed)]
    public void A_small_mtu_is_told(string mtu, Verdict verdict) => Answers.One(new RecordedHost().With(Eth0 + "mtu", mtu).Ask("mtu"), verdict);

    [Test]
    public void A_remedy_of_an_interface_is_kept_by_its_hardware_address_and_quotes_its_name()
    {
        var host = new RecordedHost { Scope = new DoctorScope { Interface = "cam;reboot" } };
        var answer = Answers.One(host.With("/sys/class/net/cam;reboot/mtu", "1500").With("/sys/class/net/cam;reboot/address", "02:00:00:00:00:07").Ask("mtu"), Verdict.Warned);
        Assert.Multiple(() =>
        {
            Assert.That(answer.Remedy!.Now, Is.EqualTo("ip link set dev 'cam;reboot' mtu 9000"));
            Assert.That(answer.Remedy.Kept, Does.Contain("ATTR{address}==\"02:00:00:00:00:07\"").And.EndWith("'/etc/udev/rules.d/90-hardening-cam;reboot-mtu.rules'"));
        });
    }

    [TestCase("-1", "unknown", Verdict.Unknown)]
    [TestCase("100", "full", Verdict.Failed)]
    [TestCase("1000", "half", Verdict.Failed)]
    [TestCase("10000", "full", Verdict.Passed)]
    public void A_link_that_fell_back_is_told(string speed, string duplex, Verdict verdict) =>
        Answers.One(new RecordedHost().With(Eth0 + "speed", speed).With(Eth0 + "duplex", duplex).Ask("link"), verdict);

    [TestCase(2, Verdict.Passed)] // 518 Mbit/s
    [TestCase(3, Verdict.Passed)] // 777
    [TestCase(10, Verdict.Failed)]
    public void Cameras_that_do_not_fit_the_link_are_told(int cameras, Verdict verdict)
    {
        var host = new RecordedHost { Scope = new DoctorScope { Cameras = new CameraLoad(cameras, 1280 * 1024, 24) } };
        Answers.One(host.With(Eth0 + "speed", "1000").Ask("link-budget"), verdict, "of 1,000 Mbit/s");
    }

    [Test]
    public void Cameras_that_leave_no_room_for_bursts_are_told()
    {
        var host = new RecordedHost { Scope = new DoctorScope { Cameras = new CameraLoad(1, 1_000_000, 115) } };
        Answers.One(host.With(Eth0 + "speed", "1000").Ask("link-budget"), Verdict.Warned, "947.6 of 1,000 Mbit/s (94.8 %)");
    }

    [Test]
    public void A_link_budget_without_cameras_says_how_to_ask() =>
        Answers.One(new RecordedHost().Ask("link-budget"), Verdict.Unknown, "--payload");

    [TestCase("256", Verdict.Warned)]
    [TestCase("4096", Verdict.Passed)]
    public void A_ring_that_could_be_larger_is_told(string now, Verdict verdict)
    {
        var output = $"Ring parameters for eth0:\nPre-set maximums:\nRX:\t\t4096\nRX Mini:\tn/a\nTX:\t\t4096\nCurrent hardware settings:\nRX:\t\t{now}\nRX Mini:\tn/a\nTX:\t\t256\n";
        Answers.One(new RecordedHost().Says("ethtool -g eth0", output).Ask("receive-rings"), verdict, now == "256" ? "256 of 4,096" : "4,096");
    }

    [TestCase("enabled - active", Verdict.Warned)]
    [TestCase("disabled", Verdict.Passed)]
    public void A_link_that_sleeps_is_told(string status, Verdict verdict) =>
        Answers.One(new RecordedHost().Says("ethtool --show-eee eth0", $"EEE settings for eth0:\n\tEEE status: {status}\n").Ask("energy-efficient-ethernet"), verdict);

    [TestCase("receive-rings")]
    [TestCase("energy-efficient-ethernet")]
    public void A_missing_program_is_told(string check) => Answers.One(new RecordedHost().Ask(check), Verdict.Unknown, "ethtool is not installed");

    [TestCase("0", "0", Verdict.Passed)]
    [TestCase("3", "3", Verdict.Warned)]
    [TestCase("0", "3", Verdict.Failed)]
    public void Damaged_packets_are_told(string before, string now, Verdict verdict)
    {
        const string Counter = Eth0 + "statistics/rx_crc_errors";
        Answers.One(new RecordedHost().With(Counter, now).Earlier(Counter, before).Ask("interface-errors"), verdict, now == "0" ? "none" : "rx_crc_errors 3");
    }

    [Test]
    public void Interfaces_that_are_down_or_have_no_hardware_are_left_out()
    {
        Answers.One(new RecordedHost().With(Eth0 + "operstate", "down").Ask("mtu"), Verdict.Unknown, "--interface");
        Assert.That(new RecordedHost().With("/sys/class/net/eth1/type", "1").With("/sys/class/net/eth1/device/uevent", "").With("/sys/class/net/eth1/mtu", "9000").Ask("mtu").Select(answer => answer.Of), Is.EqualTo(new[] { "eth0", "eth1" }));
    }

    [TestCase("libaravis-0.8.so.0.8.26", Verdict.Passed)]
    [TestCase("libaravis-0.8.so.0.8.20", Verdict.Warned)]
    [TestCase("libaravis.so", Verdict.Unknown)]
    public void The_version_of_aravis_is_told(string file, Verdict verdict) =>
        Answers.One(new RecordedHost().Links("/usr/lib/x86_64-linux-gnu/libaravis-0.8.so.0", file).Ask("aravis"), verdict);

    [Test]
    public void Aravis_is_missing_only_where_cameras_are()
    {
        Answers.One(new RecordedHost().Ask("aravis"), Verdict.Passed, "not installed");
        Answers.One(new RecordedHost { Scope = new DoctorScope { Interface = "eth0" } }.Ask("aravis"), Verdict.Failed);
    }
}
