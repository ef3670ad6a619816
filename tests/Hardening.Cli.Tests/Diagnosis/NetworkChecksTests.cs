using Hardening.Cli.Diagnosis;

namespace Hardening.Cli.Tests.Diagnosis;

public sealed class NetworkChecksTests
{
    private const string NoDrops = "0104 00000000 00000001 0\n010f 00000000 00000000 0\n";
    private const string Drops = "0104 00000000 00000001 0\n010f 0000001f 00000000 0\n";

    [TestCase("212992", Verdict.Warned, "208 KiB")]
    [TestCase("16777216", Verdict.Passed, "16 MiB")]
    public void A_small_receive_buffer_is_told(string bytes, Verdict verdict, string found) =>
        Answers.One(new RecordedHost().With("/proc/sys/net/core/rmem_max", bytes).Ask("receive-buffer"), verdict, found);

    [Test]
    public void A_small_receive_buffer_fails_where_cameras_are_and_the_command_gives_them_enough()
    {
        var host = new RecordedHost { Scope = new DoctorScope { Cameras = new CameraLoad(1, 100 << 20, 30) } };
        var answer = Answers.One(host.With("/proc/sys/net/core/rmem_max", "16777216").Ask("receive-buffer"), Verdict.Failed, "16 MiB");
        Assert.Multiple(() =>
        {
            Assert.That(answer.Wanted, Is.EqualTo("at least 900 MiB for these cameras"));
            Assert.That(answer.Remedy!.Now, Is.EqualTo($"sysctl -w net.core.rmem_max={900L << 20}"));
            Assert.That(answer.Remedy.Kept, Does.Contain($"net.core.rmem_max = {900L << 20}").And.Contain("/etc/sysctl.d/"));
        });
    }

    [Test]
    public void A_process_that_may_exceed_the_receive_buffer_needs_no_larger_one()
    {
        var host = new RecordedHost { Scope = new DoctorScope { ProcessId = 7, Interface = "eth0" } };
        host.With("/proc/sys/net/core/rmem_max", "212992").With("/proc/7/status", "Name:\tcam\nCapEff:\t0000000000001000\n");
        Answers.One(host.Ask("receive-buffer"), Verdict.Passed, "CAP_NET_ADMIN");
    }

    [TestCase("212992", Verdict.Warned)]
    [TestCase("4194304", Verdict.Passed)]
    public void A_small_default_buffer_is_told(string bytes, Verdict verdict) =>
        Answers.One(new RecordedHost().With("/proc/sys/net/core/rmem_default", bytes).Ask("receive-buffer-default"), verdict);

    [TestCase("1000", Verdict.Warned)]
    [TestCase("10000", Verdict.Passed)]
    public void A_short_backlog_is_told(string packets, Verdict verdict) =>
        Answers.One(new RecordedHost().With("/proc/sys/net/core/netdev_max_backlog", packets).Ask("receive-backlog"), verdict);

    [TestCase(NoDrops, NoDrops, Verdict.Passed)]
    [TestCase(Drops, Drops, Verdict.Warned, TestName = "{m}(dropped before)")]
    [TestCase(NoDrops, Drops, Verdict.Failed, TestName = "{m}(drops now)")]
    public void Packets_that_no_processor_took_are_told(string before, string now, Verdict verdict) =>
        Answers.One(new RecordedHost().With("/proc/net/softnet_stat", now).Earlier("/proc/net/softnet_stat", before).Ask("receive-drops"), verdict);

    [TestCase(0, 0, Verdict.Passed)]
    [TestCase(28177, 28177, Verdict.Warned)]
    [TestCase(28177, 28200, Verdict.Failed)]
    public void Packets_without_room_in_a_buffer_are_told(int before, int now, Verdict verdict) =>
        Answers.One(new RecordedHost().With("/proc/net/snmp", Snmp(now)).Earlier("/proc/net/snmp", Snmp(before)).Ask("udp-errors"), verdict);

    [Test]
    public void More_buffer_is_not_advised_where_the_system_allows_enough()
    {
        var host = new RecordedHost().With("/proc/net/snmp", Snmp(5)).With("/proc/sys/net/core/rmem_max", "134217728");
        Assert.That(Answers.One(host.Ask("udp-errors"), Verdict.Warned).Remedy!.Now, Does.StartWith("# ").And.Contain("ReceiveBufferBytes"));
    }

    [Test]
    public void A_socket_that_loses_packets_is_named_by_its_port()
    {
        const string Sockets =
            """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
              312: 00000000:0F74 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 7721 2 0000000000000000 42
              313: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 7722 2 0000000000000000 0
            """;
        Answers.One(new RecordedHost().With("/proc/self/net/udp", Sockets).Ask("udp-socket-drops"), Verdict.Warned, "port 3956 of user 1000: 42");
        Answers.One(new RecordedHost().Ask("udp-socket-drops"), Verdict.Passed);
    }

    [TestCase("0", "0", Verdict.Passed)]
    [TestCase("0", "2", Verdict.Passed)]
    [TestCase("1", "0", Verdict.Warned)]
    [TestCase("1", "2", Verdict.Passed)]
    [TestCase("0", "1", Verdict.Warned)]
    public void Strict_filtering_is_told_by_the_larger_of_both_values(string all, string eth0, Verdict verdict)
    {
        const string Folder = "/proc/sys/net/ipv4/conf";
        var answer = Answers.One(new RecordedHost().With($"{Folder}/all/rp_filter", all).With($"{Folder}/eth0/rp_filter", eth0).Ask("reverse-path-filter"), verdict);
        Assert.That(answer.Of, Is.EqualTo("eth0"));
    }

    [TestCase("filter\n", null, Verdict.Warned)]
    [TestCase("", "nf_tables 311296 1 - Live 0x0\n", Verdict.Unknown)]
    [TestCase("", "ext4 1 1 - Live 0x0\n", Verdict.Passed)]
    [TestCase(null, null, Verdict.Unknown)]
    public void A_firewall_is_told(string? tables, string? modules, Verdict verdict)
    {
        var host = new RecordedHost();
        host = tables is null ? host.Without("/proc/net/ip_tables_names") : host.With("/proc/net/ip_tables_names", tables);
        host = modules is null ? host.Without("/proc/modules") : host.With("/proc/modules", modules);
        Answers.One(host.Ask("firewall"), verdict);
    }

    [Test]
    public void A_subnet_on_two_interfaces_is_told()
    {
        const string Header = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
        const string Both = Header + "eth1\t00014D0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\neth2\t00014D0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
        Answers.One(new RecordedHost().With("/proc/net/route", Both).Ask("subnets"), Verdict.Warned, "10.77.1.0 on eth1 and eth2");
        Answers.One(new RecordedHost().Ask("subnets"), Verdict.Passed);
    }

    private static string Snmp(int errors) =>
        $"Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors\nUdp: 7335177 558031 {errors} 8076342 {errors} 0\n";
}
