using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using OpenCvSharp;

namespace Plant.Welding;

/// <summary>What the vendor's library calls with each picture of a torch.</summary>
public delegate void ImageCallback(IntPtr pixels, int width, int height);

public interface ITorchDriver
{
    void RegisterImageCallback(ImageCallback callback);

    void Trigger();
}

/// <summary>Waits for the pictures of one torch and measures its seam, on a thread of its own.</summary>
public sealed class TorchLane : IDisposable
{
    private readonly ITorchDriver _driver;
    private readonly ImageCallback _onImage;
    private readonly ManualResetEventSlim _idle = new(initialState: true);
    private readonly AutoResetEvent _arrived = new(initialState: false);
    private readonly CancellationTokenSource _stop = new();
    private readonly double _widest;
    private Mat? _next;
    private Thread? _measuring;
    private long _wide;

    public TorchLane(ITorchDriver driver, double widest)
    {
        _driver = driver;
        _widest = widest;
        _onImage = OnImage;
        driver.RegisterImageCallback(_onImage);
    }

    public long Wide => Interlocked.Read(ref _wide);

    public void Start()
    {
        _measuring = new Thread(Measure) { Name = "torch", IsBackground = true }; // HRD4003
        _measuring.Start();
        _driver.Trigger();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _arrived.Set();
        if (_measuring?.Join(TimeSpan.FromSeconds(3)) != false)
        {
            _next?.Dispose();
            _arrived.Dispose();
            _idle.Dispose();
            _stop.Dispose();
        }
    }

    private void OnImage(IntPtr pixels, int width, int height)
    {
        _idle.Wait(); // HRD4004
        _idle.Reset();
        using var lent = Mat.FromPixelData(height, width, MatType.CV_8UC1, pixels);
        Interlocked.Exchange(ref _next, lent.Clone())?.Dispose();
        _arrived.Set();
    }

    private void Measure()
    {
        while (!_stop.IsCancellationRequested)
        {
            _arrived.WaitOne();
            if (Interlocked.Exchange(ref _next, null) is { } image)
            {
                using (image)
                {
                    if (SeamWidth(image) > _widest)
                    {
                        Interlocked.Increment(ref _wide);
                    }
                }
            }

            _idle.Set();
        }
    }

    private static double SeamWidth(Mat image)
    {
        using var edges = new Mat();
        Cv2.GaussianBlur(image, edges, new Size(5, 5), 0);
        Cv2.Canny(edges, edges, 50, 150);
        return (double)Cv2.CountNonZero(edges) / image.Rows;
    }
}

public sealed class WeldMonitor(IEnumerable<ITorchDriver> drivers, double widest) : IDisposable
{
    private readonly List<TorchLane> _lanes = drivers.Select(driver => new TorchLane(driver, widest)).ToList();

    public long Wide => _lanes.Sum(lane => lane.Wide);

    public void Start()
    {
        foreach (var lane in _lanes)
        {
            lane.Start();
        }
    }

    public void Dispose()
    {
        foreach (var lane in _lanes)
        {
            lane.Dispose();
        }
    }
}
