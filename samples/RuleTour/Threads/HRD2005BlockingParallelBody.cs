using System.IO.Compression;

namespace RuleTour.Threads;

/// <summary>Compresses a night's pictures. The loop takes as many threads as it can get, and all of them wait for one disk.</summary>
internal static class NightArchive
{
    public static void Compress(IReadOnlyList<string> pictures)
    {
        Parallel.ForEach(pictures, picture => // HRD2005
        {
            using var source = File.OpenRead(picture);
            using var target = File.Create(picture + ".gz");
            using var packed = new GZipStream(target, CompressionLevel.Fastest);
            source.CopyTo(packed);
        });
    }
}
