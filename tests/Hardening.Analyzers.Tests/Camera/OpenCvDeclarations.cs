namespace Hardening.Analyzers.Tests.Camera;

/// <summary>
/// The few members that the tests use, as OpenCvSharp 4.13.0.20260627 and 5.0.0.20260806 and Emgu CV 4.13.0 declare them, less optional parameters;
/// the packages themselves are not needed.
/// </summary>
internal static class OpenCvDeclarations
{
    private const string Shared =
        """
        using System;
        namespace OpenCvSharp
        {
            public struct Rect { }
            public struct Size { public Size(int width, int height) { } public int Width => 0; public int Height => 0; }
            public struct Point { }
            public readonly struct MatType { public static readonly MatType CV_8UC1, CV_8UC3; }
            public enum VideoCaptureAPIs { ANY = 0, FFMPEG = 1900, GSTREAMER = 1800, V4L2 = 200 }
            public enum ColorConversionCodes { BGR2GRAY = 6 }
            public enum ThresholdTypes { Binary = 0 }
            public struct Scalar { public double Val0; public Scalar(double v0) => Val0 = v0; }
            public abstract class CvObject : IDisposable { public IntPtr CvPtr => default; public void Dispose() { } }
            public partial class Mat : CvObject
            {
                public Mat() { }
                public Mat(string fileName) { }
                public Mat(Mat m, Rect roi) { }
                public Mat(int rows, int cols, MatType type) { }
                public static Mat FromPixelData(int rows, int cols, MatType type, IntPtr data, long step = 0) => new();
                public bool Empty() => false;
                public int Rows => 0;
                public int Cols => 0;
                public int Width => 0;
                public int Height => 0;
                public int ElemSize() => 0;
                public long Total() => 0;
                public long Step() => 0;
                public IntPtr Data => default;
                public Mat this[Rect roi] { get => new(); set { } }
                public Mat Clone() => new();
                public Mat SetTo(Scalar value) => this;
                public void CopyTo(Mat m) { }
                public byte[] ToBytes() => [];
                public void Release() { }
                public static Mat operator +(Mat m) => m;
                public static MatExpr operator *(Mat a, double s) => new();
                public static MatExpr operator +(Mat a, Mat b) => new();
                public static MatExpr operator +(Mat a, Scalar s) => new();
            }
            public class Mat<T> : Mat { }
            public class UMat : CvObject { public UMat Clone() => new(); }
            public static class Cv2
            {
                public static void Absdiff(InputArray a, InputArray b, OutputArray dst) { }
                public static Scalar Sum(InputArray src) => default;
                public static void ImShow(string name, Mat mat) { }
                public static Mat ImRead(string fileName) => new();
                public static Mat[] Split(Mat src) => [];
                public static void Merge(Mat[] mv, Mat dst) { }
                public static void SetNumThreads(int nThreads) { }
                public static int GetNumThreads() => 0;
                public static void CvtColor(InputArray src, OutputArray dst, ColorConversionCodes code, int dstCn = 0) { }
                public static void GaussianBlur(InputArray src, OutputArray dst, Size ksize, double sigmaX, double sigmaY = 0) { }
                public static double Threshold(InputArray src, OutputArray dst, double thresh, double maxval, ThresholdTypes type) => 0;
                public static void Resize(InputArray src, OutputArray dst, Size dsize, double fx = 0, double fy = 0) { }
                public static void Canny(InputArray src, OutputArray edges, double threshold1, double threshold2) { }
                public static int CountNonZero(InputArray mtx) => 0;
                public static bool ImWrite(string fileName, Mat img, params int[] prms) => true;
                public static bool ImEncode(string ext, InputArray img, out byte[] buf, params int[] prms) { buf = []; return true; }
                public static int WaitKey(int delay = 0) => 0;
            }
            public partial class VideoCapture : CvObject
            {
                public VideoCapture() { }
                public VideoCapture(int index, VideoCaptureAPIs apiPreference = VideoCaptureAPIs.ANY) { }
                public VideoCapture(int index, VideoCaptureAPIs apiPreference, int[] prms) { }
                public VideoCapture(string fileName, VideoCaptureAPIs apiPreference = VideoCaptureAPIs.ANY) { }
                public VideoCapture(string fileName, VideoCaptureAPIs apiPreference, int[] prms) { }
                public static VideoCapture FromCamera(int index, VideoCaptureAPIs apiPreference = VideoCaptureAPIs.ANY) => new();
                public static VideoCapture FromFile(string fileName, VideoCaptureAPIs apiPreference = VideoCaptureAPIs.ANY) => new();
                public bool Open(string fileName, VideoCaptureAPIs apiPreference = VideoCaptureAPIs.ANY) => true;
                public bool Open(int index, VideoCaptureAPIs apiPreference = VideoCaptureAPIs.ANY) => true;
                public bool IsOpened() => true;
                public bool Set(VideoCaptureProperties propertyId, double value) => true;
                public double Get(VideoCaptureProperties propertyId) => 0;
                public bool Grab() => true;
                public bool Retrieve(OutputArray image, int flag = 0) => true;
                public Mat RetrieveMat() => new();
                public bool Read(OutputArray image) => true;
                public bool Read(Mat image) => true;
                public void Release() { }
            }
        }
        """;

    /// <summary>OpenCvSharp 4: MatExpr is disposable, InputArray and OutputArray are classes, Open takes no parameters, the time limits have no names, and Mat has a Threshold of its own.</summary>
    public const string OpenCvSharp4 = Shared +
        """

        namespace OpenCvSharp
        {
            public enum VideoCaptureProperties { FrameWidth = 3, FrameHeight = 4, BufferSize = 38 }
            public class InputArray
            {
                public static implicit operator InputArray(Mat m) => new();
                public static implicit operator InputArray(MatExpr e) => new();
            }
            public class OutputArray { public static implicit operator OutputArray(Mat m) => new(); }
            public sealed class MatExpr : CvObject
            {
                public static implicit operator Mat(MatExpr e) => new();
                public static MatExpr operator +(MatExpr e, Mat m) => new();
                public static MatExpr operator +(MatExpr e, Scalar s) => new();
                public Mat ToMat() => new();
            }
            public partial class Mat { public Mat Threshold(double thresh, double maxval, ThresholdTypes type) => new(); }
        }
        """;

    /// <summary>OpenCvSharp 5: MatExpr holds nothing native, InputArray and OutputArray are ref structs.</summary>
    public const string OpenCvSharp5 = Shared +
        """

        namespace OpenCvSharp
        {
            public enum VideoCaptureProperties { FrameWidth = 3, FrameHeight = 4, BufferSize = 38, OpenTimeoutMsec = 53, ReadTimeoutMsec = 54 }
            public readonly ref struct InputArray
            {
                public static implicit operator InputArray(Mat m) => default;
                public static implicit operator InputArray(MatExpr e) => default;
            }
            public readonly ref struct OutputArray { public static implicit operator OutputArray(Mat m) => default; }
            public partial class VideoCapture { public bool Open(string fileName, VideoCaptureAPIs apiPreference, int[] prms) => true; }
            public sealed class MatExpr
            {
                public static implicit operator Mat(MatExpr e) => new();
                public static MatExpr operator +(MatExpr e, Mat m) => new();
                public static MatExpr operator +(MatExpr e, Scalar s) => new();
                public Mat ToMat() => new();
            }
        }
        """;

    public const string Emgu =
        """
        using System;
        namespace Emgu.CV
        {
            public interface IInputArray { }
            public interface IOutputArray { }
            public class Mat : IDisposable, IInputArray, IOutputArray { public bool IsEmpty => false; public Mat Clone() => new(); public void Dispose() { } }
            public class UMat : IDisposable { public void Dispose() { } }
            public class Image<TColor, TDepth> : IDisposable, IInputArray
            {
                public Image(int width, int height) { }
                public Image<TColor, TDepth> SmoothGaussian(int size) => this;
                public Image<TOther, TDepth> Convert<TOther>() => new(1, 1);
                public Image<TColor, TDepth> this[int channel] => this;
                public int Width => 0;
                public void Dispose() { }
            }
            public class VideoCapture : IDisposable
            {
                public enum API { Any = 0, Ffmpeg = 1900 }
                public VideoCapture(int camIndex = 0, API captureApi = API.Any, params Tuple<CvEnum.CapProp, int>[] captureProperties) { }
                public VideoCapture(string fileName, API captureApi = API.Any, params Tuple<CvEnum.CapProp, int>[] captureProperties) { }
                public event EventHandler? ImageGrabbed;
                public bool IsOpened => true;
                public void Start() => ImageGrabbed?.Invoke(this, EventArgs.Empty);
                public void Stop() { }
                public bool Grab() => true;
                public bool Retrieve(IOutputArray image, int flag = 0) => true;
                public bool Read(IOutputArray image) => true;
                public Mat QueryFrame() => new();
                public Mat QuerySmallFrame() => new();
                public void Dispose() { }
            }
            public static class CvInvoke
            {
                public static int NumThreads { get; set; }
                public static void CvtColor(IInputArray src, IOutputArray dst) { }
                public static void GaussianBlur(IInputArray src, IOutputArray dst, System.Drawing.Size ksize, double sigmaX) { }
                public static double Threshold(IInputArray src, IOutputArray dst, double threshold, double maxValue) => 0;
            }
        }
        namespace Emgu.CV.CvEnum { public enum CapProp { OpenTimeoutMsec = 53, ReadTimeoutMsec = 54 } }
        namespace Emgu.CV.Structure { public struct Bgr { } public struct Gray { } }
        """;
}
