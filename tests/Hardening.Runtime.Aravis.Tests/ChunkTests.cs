using System.Buffers.Binary;
using System.Text;

namespace Hardening.Runtime.Aravis.Tests;

/// <summary>What comes with a frame besides its picture: read from bytes that a network sent.</summary>
public sealed class ChunkTests
{
    [Test]
    public void Chunks_are_found_from_the_end_and_add_up()
    {
        var frame = Frame((1, new byte[100]), (0x1001, [1, 2, 3, 4]), (0x1002, []));
        var trail = new ChunkTrail(frame);
        var seen = new List<(uint, int)>();
        while (trail.MoveNext())
        {
            seen.Add((trail.Id, trail.Data.Length));
        }

        Assert.That(seen, Is.EqualTo([(0x1002u, 0), (0x1001u, 4), (1u, 100)]));
        Assert.That((trail.IsWhole, trail.Data.Length), Is.EqualTo((true, 100)), "the first in memory is the picture");
    }

    [Test]
    public void Nothing_outside_of_the_frame_is_read_whatever_came()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var frame = Frame((1, new byte[64]), (0x1001, new byte[8]));
            var bytes = frame.AsSpan(0, random.Next(frame.Length + 1)).ToArray();
            for (var k = random.Next(6); k > 0 && bytes.Length > 0; k--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var trail = new ChunkTrail(bytes);
            var total = 0L;
            while (trail.MoveNext())
            {
                total += trail.Data.Length + 8;
            }

            Assert.That(total, Is.LessThanOrEqualTo(bytes.Length));
            Assert.That(trail.IsWhole, Is.EqualTo(total == bytes.Length));
        }
    }

    [Test]
    public void Values_are_read_as_the_description_says()
    {
        var description = new ChunkDescription(new MemoryStream(Encoding.UTF8.GetBytes(
            """
            <RegisterDescription xmlns="http://www.genicam.org/GenApi/Version_1_1">
              <Port Name="P"><ChunkID>0x1001</ChunkID></Port>
              <Port Name="Device"/>
              <Float Name="ChunkFloat"><pValue>F</pValue></Float>
              <FloatReg Name="F"><Address>0</Address><Length>4</Length><pPort>P</pPort><Endianess>BigEndian</Endianess></FloatReg>
              <Integer Name="ChunkSigned"><pValue>S</pValue></Integer>
              <IntReg Name="S"><Address>2</Address><Address>2</Address><Length>2</Length><pPort>P</pPort><Sign>Signed</Sign><Endianess>LittleEndian</Endianess></IntReg>
              <Enumeration Name="ChunkBits"><EnumEntry Name="One"><Value>1</Value></EnumEntry><pValue>B</pValue></Enumeration>
              <MaskedIntReg Name="B"><Address>6</Address><Length>2</Length><pPort>P</pPort><LSB>11</LSB><MSB>8</MSB><Endianess>BigEndian</Endianess></MaskedIntReg>
              <StructReg><Address>6</Address><Length>2</Length><pPort>P</pPort><Endianess>LittleEndian</Endianess><StructEntry Name="ChunkFlag"><Bit>9</Bit></StructEntry></StructReg>
              <Integer Name="ChunkComputed"><pValue>C</pValue></Integer>
              <IntConverter Name="C"><pValue>S</pValue></IntConverter>
              <Integer Name="ChunkCircle"><pValue>ChunkCircle</pValue></Integer>
              <Integer Name="ChunkModeActive"><pValue>D</pValue></Integer>
              <IntReg Name="D"><Address>2</Address><Length>4</Length><pPort>Device</pPort></IntReg>
            </RegisterDescription>
            """)));
        byte[] data = [0x3f, 0xc0, 0, 0, 0xfe, 0xff, 0x12, 0x34];
        Assert.That((Float("ChunkFloat"), Integer("ChunkSigned"), Integer("ChunkBits"), Integer("ChunkFlag")), Is.EqualTo((1.5, -2L, 3L, 0L)));
        Assert.That(description.Find("ChunkFloat").Value!.TryRead(data.AsSpan(0, 3), new FrameMetadata(["ChunkFloat"]), 0), Is.False, "a chunk that is too short");
        Assert.That(description.Find("ChunkNothing").Obstacle, Is.EqualTo("it has no such feature"));
        Assert.That(description.Find("ChunkComputed").Obstacle, Does.StartWith("it is computed (IntConverter C)"));
        Assert.That(description.Find("ChunkCircle").Obstacle, Is.EqualTo("its description runs in a circle"));
        Assert.That(description.Find("ChunkModeActive").Obstacle, Is.EqualTo("it does not come with frames"));

        double Float(string name) => Read(name).TryGetFloat(name, out var value) ? value : throw new AssertionException(name);

        long Integer(string name) => Read(name).TryGetInteger(name, out var value) ? value : throw new AssertionException(name);

        FrameMetadata Read(string name)
        {
            var metadata = new FrameMetadata([name]);
            Assert.That(description.Find(name).Value!.TryRead(data, metadata, 0));
            return metadata;
        }
    }

    [Test, CancelAfter(60_000)]
    public void A_camera_is_told_which_to_send_and_one_that_sends_none_still_delivers_its_pictures(CancellationToken timeout)
    {
        SimulatorFarm.RequireSimulator();
        using var features = SimulatedFeatures.Write();
        using var farm = SimulatorFarm.Start(description: features.Path);
        var options = new AravisFrameSourceOptions
        {
            Name = "camera",
            Address = farm.Cameras[0].Address.ToString(),
            PixelFormat = PixelFormat.Mono8,
            Width = 320,
            Height = 240,
            FrameRate = 50,
            Features = ["ChunkGainEnabledOfTest=1"],
        };
        using (new OpenCamera(options, timeout))
        {
        }

        (options.Chunks, options.Features) = (["ChunkExposureTime", "ChunkCounterValue"], []);
        using (var camera = new OpenCamera(options, timeout))
        {
            Assert.That(camera.Format.PayloadBytes, Is.EqualTo((320 * 240) + 64), "room for what comes with it");
            var live = camera.Source.Features;
            Assert.That((live.Get("ChunkModeActive"), live.Get("ChunkExposureEnabledOfTest"), live.Get("ChunkGainEnabledOfTest")), Is.EqualTo(("true", "1", "0")));
            camera.Read(
                10,
                lease =>
                {
                    Assert.That((lease.Info.Status, lease.Info.Length), Is.EqualTo((FrameStatus.Complete, 320 * 240)));
                    Assert.That(SimulatedImage.Matches(lease));
                    Assert.That(lease.Info.Metadata?.TryGetFloat("ChunkExposureTime", out _), Is.Not.True, "Debian's simulator sends none");
                },
                timeout);
        }

        options.Chunks = ["ChunkGain"];
        Assert.That(Refusal(), Does.Contain("ChunkGain cannot come with its frames: it has no such feature. There are: ChunkExposureTime, ChunkCounterValue"));
        options.Chunks = [];
        using (var camera = new OpenCamera(options, timeout))
        {
            Assert.That((camera.Source.Features.Get("ChunkModeActive"), camera.Format.PayloadBytes), Is.EqualTo(("false", 320 * 240)));
        }

        string Refusal() => Assert.Throws<FrameSourceException>(() => new OpenCamera(options, timeout).Dispose())!.Message;
    }

    [Test, CancelAfter(60_000)]
    public void Says_that_a_camera_sends_none(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start();
        var options = new AravisFrameSourceOptions { Name = "camera", Address = farm.Cameras[0].Address.ToString(), Chunks = ["ChunkExposureTime"] };
        Assert.That(Assert.Throws<FrameSourceException>(() => new OpenCamera(options, timeout).Dispose())!.Message, Does.Contain("it sends no values with its frames: it has no ChunkModeActive"));
    }

    private static byte[] Frame(params (uint Id, byte[] Data)[] chunks)
    {
        var frame = new List<byte>();
        Span<byte> tag = stackalloc byte[8];
        foreach (var (id, data) in chunks)
        {
            frame.AddRange(data);
            BinaryPrimitives.WriteUInt32BigEndian(tag, id);
            BinaryPrimitives.WriteUInt32BigEndian(tag[4..], (uint)data.Length);
            frame.AddRange(tag);
        }

        return [.. frame];
    }
}
