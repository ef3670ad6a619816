using System.Diagnostics;
using System.Text;
using Hardening.Pool.Protocol;

namespace Hardening.Runtime.Tests.Pool.Protocol;

/// <summary>The payload of Context, by the rules of W3C Trace Context.</summary>
public sealed class TraceContextTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [TestCase(Parent, null)]
    [TestCase("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", "shop=2f1a,other@vendor=a b")]
    public void What_is_written_is_read_again(string parent, string? state)
    {
        var context = ActivityContext.Parse(parent, state);
        var bytes = new byte[TraceContext.MaxBytes];
        var length = TraceContext.Write(context, bytes);
        Assert.That(Encoding.ASCII.GetString(bytes, 0, length), Is.EqualTo(state is null ? parent : $"{parent}\n{state}"));
        Assert.That(TraceContext.TryRead(bytes.AsSpan(0, length), out var read));
        Assert.That((read.TraceId, read.SpanId, read.TraceFlags, read.TraceState, read.IsRemote), Is.EqualTo((context.TraceId, context.SpanId, context.TraceFlags, state, true)));
    }

    [TestCase("")]
    [TestCase("\n")]
    [TestCase("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0", TestName = "{m}(too short)")]
    [TestCase(Parent + "-x", TestName = "{m}(too long for its version)")]
    [TestCase("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.x", TestName = "{m}(of a later version, and more without a dash)")]
    [TestCase("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", TestName = "{m}(a version that is none)")]
    [TestCase("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", TestName = "{m}(capital letters)")]
    [TestCase("00-00000000000000000000000000000000-b7ad6b7169203331-01", TestName = "{m}(a trace of zeros)")]
    [TestCase("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", TestName = "{m}(a span of zeros)")]
    [TestCase("00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01", TestName = "{m}(no hexadecimal digit)")]
    [TestCase("00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", TestName = "{m}(no dash)")]
    [TestCase("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x", TestName = "{m}(flags that are none)")]
    public void A_traceparent_that_is_none_is_no_context(string payload) =>
        Assert.That(TraceContext.TryRead(Encoding.Latin1.GetBytes(payload), out _), Is.False);

    [TestCase("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what the future has", true)]
    [TestCase("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-fe", false)]
    public void A_later_version_is_read_as_far_as_it_is_known(string payload, bool isRecorded)
    {
        Assert.That(TraceContext.TryRead(Encoding.ASCII.GetBytes(payload), out var context));
        Assert.That((context.TraceId.ToHexString(), context.TraceFlags), Is.EqualTo((payload[3..35], isRecorded ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None)));
    }

    [TestCase("a=1\nb=2")]
    [TestCase("a=\u00e4")]
    [TestCase("a=\0")]
    public void A_tracestate_that_is_none_is_left_out(string state)
    {
        Assert.That(TraceContext.TryRead(Encoding.Latin1.GetBytes($"{Parent}\n{state}"), out var context));
        Assert.That(context.TraceState, Is.Null);
        var bytes = new byte[TraceContext.MaxBytes];
        if (!Ascii.IsValid(state))
        {
            Assert.That(TraceContext.Write(ActivityContext.Parse(Parent, state), bytes), Is.EqualTo(Parent.Length));
        }
    }

    [Test]
    public void Of_a_tracestate_that_is_too_long_whole_members_go_the_long_ones_first_and_then_from_the_end()
    {
        var keptShort = Enumerable.Range(0, 20).Select(i => $"m{i}={new string('x', 20)}").ToList();
        var all = keptShort.Take(3).Append($"long={new string('y', 200)}").Concat(keptShort.Skip(3)).ToList();
        Assert.That(StateOf(all), Is.EqualTo(string.Join(',', keptShort)), "500 characters without the long one");

        var many = Enumerable.Range(0, 40).Select(i => $"m{i}=1").ToList();
        Assert.That(StateOf(many), Is.EqualTo(string.Join(',', many.Take(32))), "32 members are the most");

        var wide = Enumerable.Range(0, 10).Select(i => $"m{i}={new string('z', 97)}").ToList();
        Assert.That(StateOf(wide), Is.EqualTo(string.Join(',', wide.Take(5))), "504 characters");

        Assert.That(StateOf([$"only={new string('z', 600)}"]), Is.Null);

        static string? StateOf(IEnumerable<string> members)
        {
            var bytes = new byte[TraceContext.MaxBytes];
            var length = TraceContext.Write(ActivityContext.Parse(Parent, string.Join(',', members)), bytes);
            Assert.That(TraceContext.TryRead(bytes.AsSpan(0, length), out var read));
            return read.TraceState;
        }
    }
}
