namespace Hardening.Analyzers.Tests.Camera;

/// <summary>The few members that the tests use, as OpenCvSharp 4.9 and 5.0 and Emgu CV declare them; the packages themselves are not needed.</summary>
internal static class OpenCvDeclarations
{
    private const string Shared =
        """
        using System;
        namespace OpenCvSharp
        {
            public struct Rect { }
            public struct Scalar { public static implicit operator Scalar(int v) => default; }
            public abstract class DisposableCvObject : IDisposable { public IntPtr CvPtr => default; public void Dispose() { } }
            public class OutputArray { public static implicit operator OutputArray(Mat m) => new(); }
            public partial class Mat : DisposableCvObject
            {
                public Mat() { }
                public Mat(string fileName) { }
                public Mat(Mat m, Rect roi) { }
                public int Rows => 0;
                public IntPtr Data => default;
                public Mat this[Rect roi] { get => new(); set { } }
                public Mat Clone() => new();
                public Mat Threshold(double thresh, double maxval) => new();
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
            public class UMat : DisposableCvObject { public UMat Clone() => new(); }
            public static class Cv2
            {
                public static void Absdiff(InputArray a, InputArray b, OutputArray dst) { }
                public static double Sum(InputArray src) => 0;
                public static void ImShow(string name, Mat mat) { }
                public static Mat ImRead(string fileName) => new();
                public static Mat[] Split(Mat src) => [];
                public static void Merge(Mat[] mv, Mat dst) { }
            }
            public class VideoCapture : DisposableCvObject { public bool Read(Mat image) => true; public Mat RetrieveMat() => new(); }
        }
        """;

    /// <summary>OpenCvSharp 4: MatExpr is disposable, InputArray a class.</summary>
    public const string OpenCvSharp4 = Shared +
        """

        namespace OpenCvSharp
        {
            public class InputArray
            {
                public static implicit operator InputArray(Mat m) => new();
                public static implicit operator InputArray(MatExpr e) => new();
            }
            public sealed class MatExpr : DisposableCvObject
            {
                public static implicit operator Mat(MatExpr e) => new();
                public static MatExpr operator +(MatExpr e, Mat m) => new();
                public static MatExpr operator +(MatExpr e, Scalar s) => new();
                public Mat ToMat() => new();
            }
        }
        """;

    /// <summary>OpenCvSharp 5: MatExpr holds nothing native, InputArray is a ref struct.</summary>
    public const string OpenCvSharp5 = Shared +
        """

        namespace OpenCvSharp
        {
            public readonly ref struct InputArray
            {
                public static implicit operator InputArray(Mat m) => default;
                public static implicit operator InputArray(MatExpr e) => default;
            }
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
            public class Mat : IDisposable, IInputArray, IOutputArray { public Mat Clone() => new(); public void Dispose() { } }
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
            public static class CvInvoke { public static void CvtColor(IInputArray src, IOutputArray dst) { } }
        }
        namespace Emgu.CV.Structure { public struct Bgr { } public struct Gray { } }
        """;
}
