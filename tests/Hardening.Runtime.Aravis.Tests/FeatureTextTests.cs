namespace Hardening.Runtime.Aravis.Tests;

public sealed class FeatureTextTests
{
    [TestCase("Gain=3", "Gain", "3")]
    [TestCase(" UserText = a=b ", "UserText", "a=b")]
    [TestCase("UserText=", "UserText", "")]
    [TestCase("UserSetLoad", "UserSetLoad", null)]
    public void Parts_a_setting(string setting, string name, string? value) => Assert.That(FeatureText.Part(setting), Is.EqualTo((name, value)));

    [TestCase("12", 12L)]
    [TestCase("-12", -12L)]
    [TestCase(" 0x1F ", 31L)]
    [TestCase("0xFFFFFFFFFFFFFFFF", -1L)]
    [TestCase("1.5", null)]
    [TestCase("0x", null)]
    [TestCase("", null)]
    public void Reads_whole_numbers(string text, long? value) => Assert.That(FeatureText.TryInteger(text, out var read) ? read : (long?)null, Is.EqualTo(value));

    [TestCase("ExposureTime", "; similar: ExposureTimeAbs, ChunkExposureTime")]
    [TestCase("Wdth", "; similar: Width")]
    [TestCase("gain", "; similar: Gain, GainRaw")]
    [TestCase("Temperature", "")]
    public void Names_what_may_have_been_meant(string asked, string suggestion) =>
        Assert.That(FeatureNames.Suggest(asked, ["Width", "Height", "Gain", "GainRaw", "ExposureTimeAbs", "ChunkExposureTime"]), Is.EqualTo(suggestion));

    [Test]
    public void Ranges_hold_up_to_the_last_number()
    {
        Assert.That(new AravisIntegerRange(long.MinValue, long.MaxValue, 3).Allows(long.MaxValue), Is.EqualTo(((Int128)long.MaxValue - long.MinValue) % 3 == 0));
        Assert.That(new AravisIntegerRange(4, 20, 8).Allows(12), Is.True);
        Assert.That(new AravisIntegerRange(4, 20, 8).Allows(8), Is.False);
        Assert.That(new AravisFloatRange(0, double.PositiveInfinity, 0.5).ToString(), Is.EqualTo("0 to Infinity in steps of 0.5"));
    }
}
