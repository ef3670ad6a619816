using OpenCvSharp;

namespace Hardening.Runtime.OpenCv.Tests;

/// <summary>Frames as OpenCV sees them.</summary>
public sealed class FrameMatTests
{
    private const int Width = 64;
    private const int Height = 48;

    private FramePool _pool = MakePool();

    [SetUp]
    public void RenewPool() => _pool = MakePool();

    [TearDown]
    public void FreePool()
    {
        Assert.That(_pool.Rented, Is.Zero, _pool.DescribeHolders());
        _pool.Dispose();
    }

    [Test]
    public void A_view_shows_the_frame_without_a_copy_and_keeps_it()
    {
        var lease = Publish(PixelFormat.BGR8, 7);
        var view = lease.AsMat();
        Assert.That(view.Mat.Data, Is.EqualTo(lease.Address));
        Assert.That((view.Mat.Rows, view.Mat.Cols, view.Mat.Type(), view.Mat.Step()), Is.EqualTo((Height, Width, MatType.CV_8UC3, Width * 3L)));
        lease.Dispose();
        Assert.That((_pool.Rented, _pool.DescribeHolders()), Is.EqualTo((1, "mat: 1")));
        using var sum = new Mat();
        Cv2.Multiply(view.Input, Scalar.All(2), sum);
        Assert.That(sum.At<Vec3b>(3, 5).Item0, Is.EqualTo(14));
        view.Verify();
        view.Dispose();
        Assert.That(_pool.Rented, Is.Zero);
    }

    [Test]
    public void A_lent_frame_has_a_view_too()
    {
        using var lease = Publish(PixelFormat.Mono8, 9);
        var frame = new Frame(lease);
        using var view = frame.AsMat();
        Assert.That((view.Mat.Type(), view.Mat.At<byte>(0, 0)), Is.EqualTo((MatType.CV_8UC1, (byte)9)));
    }

    [Test]
    public void After_its_end_a_view_throws_before_OpenCV_is_entered()
    {
        using var lease = Publish(PixelFormat.BGR8, 1);
        var view = lease.AsMat();
        view.Dispose();
        AssertGone<ObjectDisposedException>(view, static gone => gone.Mat.Rows);
        AssertGone<ObjectDisposedException>(view, static gone => gone.Input.GetHashCode());
        AssertGone<ObjectDisposedException>(view, static gone =>
        {
            gone.Verify();
            return 0;
        });
        AssertGone<ObjectDisposedException>(view, static gone =>
        {
            gone.Dispose();
            return 0;
        });
        default(FrameMat).Dispose();
        AssertGone<InvalidOperationException>(default, static gone => gone.Mat.Rows);
    }

    [Test]
    public void Output_of_another_size_into_a_frame_is_found_out_and_the_frame_is_untouched()
    {
        using var lease = Publish(PixelFormat.BGR8, 50);
        var view = lease.AsMat();
        using var source = new Mat(10, 10, MatType.CV_8UC1, Scalar.All(200));
        source.CopyTo(view.Mat);
        Assert.That(Thrown<InvalidOperationException>(view, static seen =>
        {
            seen.Verify();
            return 0;
        }), Does.Contain("another size"));
        Assert.That(Thrown<InvalidOperationException>(view, static seen =>
        {
            seen.Dispose();
            return 0;
        }), Does.Contain("another size"));
        Assert.That((_pool.Rented, lease.Pixels[0]), Is.EqualTo((1, (byte)50)), "the view's lease is back");
        using var next = lease.AsMat();
        Assert.That(next.Mat.Data, Is.EqualTo(lease.Address), "the next view is a true one");
    }

    [Test]
    public void A_buffer_is_written_through_its_view()
    {
        Assert.That(_pool.TryRent("test", out var buffer));
        using (var view = buffer.AsMat(Width, Height, PixelFormat.BGR8))
        {
            view.Mat.SetTo(Scalar.All(33));
        }

        Assert.That(buffer.Bytes[(Width * Height * 3) - 1], Is.EqualTo(33));
        Assert.That(() => { using var view = buffer.AsMat(Width * 2, Height, PixelFormat.BGR8); }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        var after = buffer.AsMat(Width, Height, PixelFormat.Mono8);
        buffer.Dispose();
        AssertGone<ObjectDisposedException>(after, static gone => gone.Mat.Rows);
    }

    [Test]
    public void Pixels_that_OpenCV_does_not_have_are_refused_and_the_lease_is_back()
    {
        using var lease = Publish(PixelFormat.Mono10p, 1);
        Assert.That(() => { using var view = lease.AsMat(); }, Throws.InstanceOf<NotSupportedException>().With.Message.Contain("Mono10p"));
        using var cut = Publish(PixelFormat.BGR8, 1, missing: 100);
        Assert.That(() => { using var view = cut.AsMat(); }, Throws.InvalidOperationException.With.Message.Contain("fewer than its 48 rows"));
        Assert.That(_pool.Rented, Is.EqualTo(2));
    }

    [Test]
    public void Two_views_of_one_frame_are_two_Mats()
    {
        using var lease = Publish(PixelFormat.BGR8, 4);
        using var one = lease.AsMat();
        using var two = lease.AsMat();
        Assert.That(one.Mat, Is.Not.SameAs(two.Mat));
        Assert.That(one.Mat.Data, Is.EqualTo(two.Mat.Data));
    }

    [Test]
    public void A_view_allocates_nothing()
    {
        using var lease = Publish(PixelFormat.BGR8, 4);
        See(lease, 10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        See(lease, 1_000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        static void See(FrameLease lease, int times)
        {
            for (var i = 0; i < times; i++)
            {
                using var view = lease.AsMat();
                _ = view.Input;
                view.Verify();
            }
        }
    }

    private FrameLease Publish(PixelFormat format, byte grey, int missing = 0)
    {
        Assert.That(_pool.TryRent("test", out var buffer));
        buffer.Bytes.Fill(grey);
        var stride = format.RowBytes(Width);
        return buffer.Publish(new FrameInfo
        {
            Camera = "test", Sequence = 0, HostTimestamp = 0, Width = Width, Height = Height, Stride = stride, Length = (stride * Height) - missing, PixelFormat = format,
        });
    }

    private static FramePool MakePool() => new(4, Width * Height * 3);

    private delegate int Use(FrameMat view);

    private static void AssertGone<T>(FrameMat view, Use use)
        where T : Exception =>
        Assert.That(Thrown<T>(view, use), Is.Not.Null);

    private static string? Thrown<T>(FrameMat view, Use use)
        where T : Exception
    {
        try
        {
            use(view);
            return null;
        }
        catch (T e)
        {
            return e.Message;
        }
    }
}
