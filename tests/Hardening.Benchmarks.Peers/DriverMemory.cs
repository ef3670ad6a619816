using System.Runtime.InteropServices;

namespace Hardening.Benchmarks.Peers;

/// <summary>The memory that drivers write to: many frames, together larger than the cache, which all cameras go through in turn; and what there is to be found in each.</summary>
public sealed unsafe class DriverMemory : IDisposable
{
    /// <summary>How many frames there are.</summary>
    public const int Images = 40;

    private readonly byte* _pixels;
    private readonly FrameFindings[] _expected = new FrameFindings[Images];

    public DriverMemory(Workload workload)
    {
        ArgumentNullException.ThrowIfNull(workload);
        FrameBytes = workload.FrameBytes;
        _pixels = (byte*)NativeMemory.AlignedAlloc((nuint)((long)FrameBytes * Images), 4096);
        var mask = new byte[FrameBytes];
        var means = new byte[FrameBytes / 64];
        for (var image = 0; image < Images; image++)
        {
            Fill(image);
            _expected[image] = InspectionKernel.RunPlainly(Image(image), workload.Width, workload.Height, mask, means);
        }

        Check(workload, mask, means);
    }

    public int FrameBytes { get; }

    /// <summary>Stands for what there is to be found in all images: the same for every contender, in whatever language.</summary>
    public string Fingerprint
    {
        get
        {
            var hash = 0xcbf29ce484222325;
            foreach (var (bright, means) in _expected)
            {
                hash = (hash ^ (ulong)bright) * 0x100000001b3;
                hash = (hash ^ (ulong)means) * 0x100000001b3;
            }

            return hash.ToString("x16", provider: null);
        }
    }

    /// <summary>Which image a camera has in a frame.</summary>
    public static int ImageOf(int camera, long sequence) => (int)((sequence + (camera * 8)) % Images);

    public ReadOnlySpan<byte> Image(int image) => new(_pixels + ((long)image * FrameBytes), FrameBytes);

    public bool IsRight(int image, FrameFindings findings) => _expected[image] == findings;

    public void Dispose() => NativeMemory.AlignedFree(_pixels);

    // The same in camera_kernel.c.
    private void Fill(int image)
    {
        var state = 0x9E3779B97F4A7C15 * (ulong)(image + 1);
        var words = (ulong*)(_pixels + ((long)image * FrameBytes));
        for (var word = 0; word < FrameBytes / sizeof(ulong); word++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            words[word] = state;
        }
    }

    // The last image is the one whose plain mask and means are at hand.
    private void Check(Workload workload, byte[] mask, byte[] means)
    {
        var otherMask = new byte[mask.Length];
        var otherMeans = new byte[means.Length];
        var found = InspectionKernel.Run(Image(Images - 1), workload.Width, workload.Height, otherMask, otherMeans);
        if (found != _expected[Images - 1] || !mask.AsSpan().SequenceEqual(otherMask) || !means.AsSpan().SequenceEqual(otherMeans))
        {
            throw new InvalidOperationException("The kernel by vectors finds something else than the plain one.");
        }
    }
}
