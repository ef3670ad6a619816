using System.Runtime.InteropServices;

namespace RuleTour.Camera;

/// <summary>Measures how bright frames are. A new array of a megabyte for each of them, thirty times a second, makes a full garbage collection every few frames.</summary>
internal sealed class BrightnessMeter
{
    private long _sum;

    public long Sum => Volatile.Read(ref _sum);

    public void Follow(LineCamera camera) => camera.FrameArrived += OnFrameArrived;

    private void OnFrameArrived(object? sender, LineFrame frame)
    {
        var size = frame.Width * frame.Height;
        var pixels = new byte[size]; // HRD4009
        Marshal.Copy(frame.Data, pixels, 0, size);
        long sum = 0;
        for (var i = 0; i < size; i++)
        {
            sum += pixels[i];
        }

        Interlocked.Exchange(ref _sum, sum);
    }
}
