using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Http;
using System.Threading;
using Emgu.CV;
using Emgu.CV.Structure;

namespace Home.Door
{
    public class DoorOptions
    {
        public string Camera { get; set; } = "rtsp://door.local/stream1";

        public Uri Bell { get; set; } = new Uri("http://hub.local/bell");
    }

    /// <summary>Rings when somebody stands at the door.</summary>
    public class DoorCamera : IDisposable
    {
        private readonly DoorOptions _options;
        private readonly VideoCapture _capture;
        private readonly HttpClient _http = new HttpClient();
        private readonly object _sync = new object();
        private int _rung;
        private Mat? _seen;

        public DoorCamera(DoorOptions options)
        {
            _options = options;
            _capture = new VideoCapture(0);
            _capture.ImageGrabbed += OnImageGrabbed;
            CvInvoke.NumThreads = 1;
        }

        public int Rung
        {
            get { return Volatile.Read(ref _rung); }
        }

        public void Start()
        {
            _capture.Start();
        }

        public double Darkness()
        {
            using (Mat frame = new Mat())
            using (Mat dark = new Mat())
            {
                _capture.Read(frame); // HRD4006
                return CvInvoke.Threshold(frame, dark, 32, 255);
            }
        }

        public IList<int> Widths(IEnumerable<string> pictures)
        {
            List<int> widths = new List<int>();
            foreach (string picture in pictures)
            {
                if (File.Exists(picture))
                {
                    var image = new Image<Bgr, byte>(640, 480); // HRD4002
                    widths.Add(image.Width);
                }
            }

            return widths;
        }

        public void Dispose()
        {
            _capture.Stop();
            _capture.Dispose();
            _http.Dispose();
            _seen?.Dispose();
        }

        private void OnImageGrabbed(object? sender, EventArgs e)
        {
            Mat frame = new Mat();
            if (!_capture.Retrieve(frame))
            {
                frame.Dispose();
                return;
            }

            lock (_sync) // HRD4004
            {
                _seen?.Dispose();
                _seen = frame;
            }

            if (Interlocked.Increment(ref _rung) % 100 == 0)
            {
                using (HttpResponseMessage answer = _http.Send(new HttpRequestMessage(HttpMethod.Post, _options.Bell))) // HRD4004
                {
                    answer.EnsureSuccessStatusCode();
                }
            }
        }
    }
}
