using System.Collections.Concurrent;
using OpenCvSharp;

namespace RuleTour.Camera;

/// <summary>Saves frames in the background. A disk that is too slow by a tenth fills the memory in minutes: a frame is a megabyte or more.</summary>
internal sealed class FrameArchive(string folder)
{
    private readonly BlockingCollection<Mat> _waiting = new(); // HRD4008
    private long _saved;

    public void Add(Mat frame) => _waiting.Add(frame);

    public void Run(CancellationToken stop)
    {
        foreach (var frame in _waiting.GetConsumingEnumerable(stop))
        {
            using (frame)
            {
                Cv2.ImWrite(Path.Combine(folder, $"{_saved++}.png"), frame);
            }
        }
    }
}
