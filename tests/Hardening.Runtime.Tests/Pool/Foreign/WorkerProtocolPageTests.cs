using System.Globalization;
using System.Text.RegularExpressions;
using Hardening.Pool.Protocol;

namespace Hardening.Runtime.Tests.Pool.Foreign;

/// <summary>docs/worker-protocol.md: what it says in bytes and numbers is what is sent.</summary>
public sealed partial class WorkerProtocolPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Baseline.RepositoryRoot, "docs", "worker-protocol.md"));

    [TestCase("Hello", """{"protocol":1,"pool":"inspect","host":1234,"maxMessageBytes":67108864}""")]
    [TestCase("Ready", """{"name":"echo","language":"C","process":77}""")]
    [TestCase("Map", """{"region":3,"bytes":8388608,"writable":false,"descriptor":3}""")]
    [TestCase("Context", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\nshop=2f1a", 1)]
    [TestCase("Job", "sum", 1, 250)]
    [TestCase("Result", """{"sum":2016}""", 1)]
    [TestCase("Error", """{"type":"ValueError","message":"no image","trace":""}""", 2)]
    [TestCase("Cancel", "", 3)]
    [TestCase("Stop", "")]
    public void The_bytes_of_the_session_are_those_of_the_implementation(string kind, string payload, int id = 0, int softLimit = 0)
    {
        FrameReference[] frames = kind != "Job" ? [] :
        [
            new FrameReference
            {
                Region = 3, Offset = 4096, Length = 64, Width = 8, Height = 8, Stride = 8, PixelFormat = 0x01080001, DeviceClock = 1, DeviceTimestamp = 123456789, Sequence = 42,
                HostTimestamp = 987654321,
            },
        ];
        var bytes = new byte[1024];
        var length = MessageBytes.Write(new MessageHeader { Kind = Enum.Parse<MessageKind>(kind), Id = (ulong)id, SoftLimit = (uint)softLimit }, frames, payload.Length, bytes);
        length += System.Text.Encoding.UTF8.GetBytes(payload, bytes.AsSpan(length));
        var block = Regex.Match(Page, $"\n{kind}, from the (host|worker):\n\n```hex\n(?<lines>.*?)```", RegexOptions.Singleline);
        Assert.That(block.Success, $"there is no {kind} on the page");
        var hex = string.Concat(block.Groups["lines"].Value.Split('\n').Select(line => Octets().Match(line).Value.Replace(" ", "", StringComparison.Ordinal)));
        Assert.That(hex, Is.EqualTo(Convert.ToHexString(bytes.AsSpan(0, length))));
    }

    [Test]
    public void The_numbers_of_the_kinds_are_those_of_the_implementation() =>
        Assert.That(
            Kind().Matches(Page).Select(row => $"{row.Groups["name"].Value} = {row.Groups["number"].Value}"),
            Is.EqualTo(Enum.GetValues<MessageKind>().Select(kind => $"{kind} = {((byte)kind).ToString(CultureInfo.InvariantCulture)}")));

    [GeneratedRegex("^([0-9A-F]{2} )+")]
    private static partial Regex Octets();

    [GeneratedRegex(@"^\| (?<number>\d+) \| (?<name>\w+) \| (host|worker) \|", RegexOptions.Multiline)]
    private static partial Regex Kind();
}
