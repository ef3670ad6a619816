using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Hardening.Stalls;
using Hardening.Stalls.Protocol;

namespace Hardening.Witness.Tests;

/// <summary>The line between the application and its witness, with something else at its end.</summary>
[CancelAfter(60_000)]
public sealed class LineTests
{
    [TestCase(-1, "")]
    [TestCase(0, "")]
    [TestCase(int.MaxValue, "")]
    [TestCase(5, "GET /")]
    [TestCase(4, "null")]
    [TestCase(24, "{\"hello\":{\"version\":\"x\"}}")]
    public void Bytes_that_are_no_message_are_one_clear_error(int length, string text)
    {
        var (one, other) = Pair();
        using (one)
        using (var wire = new WitnessWire(other))
        {
            one.Send(Bytes(length, text));
            var error = Assert.Throws<InvalidDataException>(() => wire.TryReceive(TimeSpan.FromSeconds(30), out _));
            Assert.That(error!.Message, Does.Contain("witness's protocol"));
        }
    }

    [Test]
    public void A_message_comes_as_it_was_sent_and_an_end_is_told()
    {
        var (one, other) = Pair();
        using var wire = new WitnessWire(other);
        using (var sender = new WitnessWire(one))
        {
            sender.Send(new WitnessMessage { Request = new WitnessRequest(7, 300, 200, [1, 2]) });
            sender.SendTick();
            Assert.That(wire.TryReceive(TimeSpan.FromSeconds(30), out var message));
            Assert.That(message!.Request!.ThreadIds, Is.EqualTo(new[] { 1, 2 }));
            Assert.That(wire.TryReceive(TimeSpan.FromSeconds(30), out var tick));
            Assert.That(tick!.IsTick);
            Assert.That(wire.TryReceive(TimeSpan.Zero, out var nothing));
            Assert.That(nothing, Is.Null);
        }

        Assert.That(wire.TryReceive(TimeSpan.FromSeconds(30), out _), Is.False);
    }

    [Test]
    public async Task A_witness_that_talks_nonsense_is_cut_off_and_another_is_heard(CancellationToken timeout)
    {
        using var log = new LogRecorder();
        using var line = new WitnessLine(new WitnessOptions(), () => Environment.ProcessId, log.CreateLogger("witness"), static _ => { });
        using (var nonsense = Connect(line))
        {
            nonsense.Send(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n"));
            await Eventually.HoldsAsync(() => log.Records.Any(entry => entry.EventId == 2103), "the line is broken", timeout);
        }

        using var socket = Connect(line);
        using var wire = new WitnessWire(socket);
        wire.Send(new WitnessMessage { Hello = new WitnessHello(WitnessMessage.ProtocolVersion, Environment.ProcessId) });
        Assert.That(wire.TryReceive(TimeSpan.FromSeconds(30), out var welcome));
        Assert.That(welcome!.Welcome!.OwnerId, Is.EqualTo(Environment.ProcessId));
        wire.Send(new WitnessMessage { Ready = new WitnessReady(1, null) });
        Assert.That(line.AwaitReady(TimeSpan.FromSeconds(30), timeout));
    }

    [Test]
    public async Task A_witness_of_another_version_is_told_apart(CancellationToken timeout)
    {
        using var log = new LogRecorder();
        using var line = new WitnessLine(new WitnessOptions(), () => Environment.ProcessId, log.CreateLogger("witness"), static _ => { });
        using var wire = new WitnessWire(Connect(line));
        wire.Send(new WitnessMessage { Hello = new WitnessHello(99, 1) });
        await Eventually.HoldsAsync(() => log.Records.Any(entry => entry.EventId == 2103 && entry.Message.Contains("version 99", StringComparison.Ordinal)), "it is told", timeout);
    }

    [Test]
    public async Task A_process_that_is_not_the_witness_is_refused(CancellationToken timeout)
    {
        using var log = new LogRecorder();
        using var line = new WitnessLine(new WitnessOptions(), () => 1, log.CreateLogger("witness"), static _ => { });
        using var socket = Connect(line);
        await Eventually.HoldsAsync(() => log.Records.Any(entry => entry.EventId == 2105), "it is refused", timeout);
        Assert.That(socket.Receive(new byte[1]), Is.Zero);
    }

    private static byte[] Bytes(int length, string text)
    {
        var bytes = new byte[sizeof(int) + text.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        Encoding.ASCII.GetBytes(text, bytes.AsSpan(sizeof(int)));
        return bytes;
    }

    private static Socket Connect(WitnessLine line)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint("\0" + line.Address));
        return socket;
    }

    private static (Socket One, Socket Other) Pair()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var place = new UnixDomainSocketEndPoint($"\0hardening-test-{Guid.NewGuid():N}");
        listener.Bind(place);
        listener.Listen();
        var one = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        one.Connect(place);
        return (one, listener.Accept());
    }
}
