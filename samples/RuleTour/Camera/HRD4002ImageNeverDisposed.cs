using OpenCvSharp;

namespace RuleTour.Camera;

/// <summary>Counts bright pixels in the pictures of a folder. Every clone stays in native memory, which the garbage collector does not see.</summary>
internal static class FolderCount
{
    public static long Bright(string folder)
    {
        long bright = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*.png"))
        {
            using var picture = Cv2.ImRead(file);
            using var mask = picture.Clone().Threshold(128, 255, ThresholdTypes.Binary); // HRD4002
            bright += Cv2.CountNonZero(mask);
        }

        return bright;
    }
}
