using System;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Emgu.CV;
using Emgu.CV.CvEnum;
using Emgu.CV.Structure;

namespace Home.Watch
{
    public interface IBell
    {
        Task RingAsync(CancellationToken token);
    }

    /// <summary>Looks through the camera at the door, and rings when the picture becomes dark.</summary>
    public sealed class DoorWatch : IDisposable
    {
        private readonly Channel<Mat> _frames = Channel.CreateBounded<Mat>(2);
        private readonly VideoCapture _capture;
        private readonly IBell _bell;
        private long _dropped;

        public DoorWatch(string host, IBell bell)
        {
            _bell = bell;
            _capture = new VideoCapture(
                "rtsp://" + host + "/stream1",
                VideoCapture.API.Ffmpeg,
                Tuple.Create(CapProp.OpenTimeoutMsec, 5000),
                Tuple.Create(CapProp.ReadTimeoutMsec, 5000));
            _capture.ImageGrabbed += OnImageGrabbed;
        }

        public long Dropped
        {
            get { return Interlocked.Read(ref _dropped); }
        }

        public void Start()
        {
            CvInvoke.NumThreads = 1;
            _capture.Start();
        }

        public async Task WatchAsync(double limit, CancellationToken token)
        {
            while (await _frames.Reader.WaitToReadAsync(token))
            {
                while (_frames.Reader.TryRead(out Mat? frame))
                {
                    if (Darkness(frame) > limit)
                    {
                        await _bell.RingAsync(token);
                    }
                }
            }
        }

        public void Dispose()
        {
            _capture.ImageGrabbed -= OnImageGrabbed;
            _capture.Stop();
            _capture.Dispose();
            _frames.Writer.TryComplete();
            while (_frames.Reader.TryRead(out Mat? left))
            {
                left.Dispose();
            }
        }

        private static double Darkness(Mat frame)
        {
            using (frame)
            using (Mat gray = new Mat())
            using (Mat dark = new Mat())
            {
                CvInvoke.CvtColor(frame, gray);
                return CvInvoke.Threshold(gray, dark, 32, 255);
            }
        }

        private void OnImageGrabbed(object? sender, EventArgs e)
        {
            Mat frame = new Mat();
            if (!_capture.Retrieve(frame) || !_frames.Writer.TryWrite(frame))
            {
                frame.Dispose();
                Interlocked.Increment(ref _dropped);
            }
        }
    }

    public static class Picture
    {
        public static int WidthOf(int width)
        {
            using (var image = new Image<Bgr, byte>(width, width))
            {
                return image.Width;
            }
        }
    }
}
