using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera;

public sealed class FramePipelineBuilderTests
{
    private static readonly FrameAction Nothing = static (in _, _) => { };

    [Test]
    public void Says_what_is_missing_or_double()
    {
        Assert.Multiple(() =>
        {
            Refuses("no camera", b => b.To("sink", Nothing));
            Refuses("neither a stage nor a sink", b => b.From(new ScriptedFrameSource()));
            Refuses("two cameras of the same name", b => b.From(new ScriptedFrameSource()).From(new ScriptedFrameSource()).To("sink", Nothing));
            Refuses("two sinks of the same name", b => b.From(new ScriptedFrameSource()).To("sink", Nothing).To("sink", Nothing));
            Refuses("WithSinkLane", b => b.From(new ScriptedFrameSource()).Stage("stage", Nothing).WithSinkLane(LanePolicy.LatestWins));
            Refuses("ReadTimeout", b => b.From(new ScriptedFrameSource()).To("sink", Nothing), new FramePipelineOptions { ReadTimeout = TimeSpan.Zero });
        });

        static void Refuses(string message, Action<FramePipelineBuilder> configure, FramePipelineOptions? options = null)
        {
            var builder = new FramePipelineBuilder("line") { Options = options ?? new FramePipelineOptions() };
            configure(builder);
            Assert.That(() => builder.Build(), Throws.InvalidOperationException.With.Message.Contains(message).And.Message.Contains("'line'"));
        }
    }

    [Test]
    public void A_default_lane_is_a_mailbox() => Assert.That(default(LanePolicy), Is.EqualTo(LanePolicy.LatestWins).And.Property("Capacity").EqualTo(1));

    [Test]
    public void Refuses_impossible_stages()
    {
        var builder = new FramePipelineBuilder("line").Stage("one", Nothing);
        Assert.Multiple(() =>
        {
            Assert.That(() => builder.Stage("one", Nothing), Throws.ArgumentException);
            Assert.That(() => builder.Stage(" ", Nothing), Throws.ArgumentException);
            Assert.That(() => builder.Stage("two", Nothing, workers: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => builder.Stage("two", Nothing, parallelPerCamera: 65), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => LanePolicy.DropOldest(0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => LanePolicy.DropNewest(4097), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => LanePolicy.Block(1, TimeSpan.Zero), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new FramePipelineBuilder(""), Throws.ArgumentException);
        });
    }
}
