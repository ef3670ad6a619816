using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Camera.HRD4009ArrayPerFrameAnalyzer, Hardening.Analyzers.Camera.HRD4009ArrayPerFrameCodeFix>;

namespace Hardening.Analyzers.Tests.Camera;

public sealed class HRD4009ArrayPerFrameTests
{
    private const string Usings =
        """
        using System; using System.Buffers; using System.Collections.Concurrent; using System.Collections.Generic; using System.IO; using System.Linq; using System.Runtime.InteropServices;
        using System.Threading; using System.Threading.Tasks; using OpenCvSharp;

        """;

    private const string Camera =
        """
        public class CameraFrame : EventArgs { public byte[] Pixels { get; } = []; public int Width => 0; public int Height => 0; public int Stride => 0; public IntPtr Data => 0; }
        public class Camera
        {
            public const int Width = 1280, Height = 1024;
            public event EventHandler<CameraFrame>? FrameArrived;
            public CameraFrame GrabFrame() => new();
            public bool TryGetImage(out CameraFrame frame) { frame = new(); return true; }
            public void Raise() => FrameArrived?.Invoke(this, new());
        }
        """;

    private static readonly Setup With4 = new() { Sources = [OpenCvDeclarations.OpenCvSharp4, Usings + Camera] };

    private static string InLoop(string body) =>
        $"{Usings}class C {{ byte[]? _buffer; readonly ConcurrentBag<byte[]> _pool = []; const int Width = 1280, Height = 1024;\n void M(VideoCapture camera, Mat mat, int width, int height, Action<byte[]> use, Rect roi) {{ while (camera.Read(mat)) {{ {body} }} }} }}";

    private static string InHandler(string body) =>
        $"{Usings}class C {{ byte[]? _buffer;\n void Start(Camera camera) => camera.FrameArrived += OnFrame;\n void OnFrame(object? sender, CameraFrame e) {{ {body} }} }}";

    [TestCase("var pixels = [|new byte[width * height]|]; use(pixels);", TestName = "{m}(width by height)")]
    [TestCase("use([|new byte[width * height * 3]|]);", TestName = "{m}(of three channels)")]
    [TestCase("use([|new byte[mat.Rows * mat.Cols]|]);", TestName = "{m}(rows by columns)")]
    [TestCase("use([|new byte[mat.Total() * mat.ElemSize()]|]);", TestName = "{m}(all elements)")]
    [TestCase("use([|new byte[mat.Step() * mat.Rows]|]);", TestName = "{m}(step by rows)")]
    [TestCase("var size = width * height; use([|new byte[size]|]);", TestName = "{m}(a local)")]
    [TestCase("int w = mat.Width, h = mat.Height; var n = w * h; use([|new byte[n]|]);", TestName = "{m}(locals of locals)")]
    [TestCase("use([|new byte[Width * Height]|]);", TestName = "{m}(constants)")]
    [TestCase("if (_pool.TryTake(out var free)) { var copy = [|new byte[width * height]|]; use(free); use(copy); }", TestName = "{m}(beside one from the pool)")]
    [TestCase("use([|new byte[85000]|]);", TestName = "{m}(a large object)")]
    [TestCase("var depth = [|new ushort[width * height]|]; Console.WriteLine(depth.Length);", TestName = "{m}(ushort)")]
    [TestCase("var rows = [|new float[height, width]|]; Console.WriteLine(rows.Length);", TestName = "{m}(two dimensions)")]
    [TestCase("use([|GC.AllocateUninitializedArray<byte>(width * height)|]);", TestName = "{m}(an array that is not cleared)")]
    [TestCase("_buffer = [|new byte[width * height]|];", TestName = "{m}(a field that is replaced)")]
    [TestCase("if (width > 0) { use([|new byte[width * height]|]); }", TestName = "{m}(in a branch)")]
    public Task Reports_in_a_capture_loop(string body) => Verify.ReportsAsync(InLoop(body), With4);

    [TestCase("var copy = [|new byte[e.Pixels.Length]|]; e.Pixels.CopyTo(copy, 0);", TestName = "{m}(a copy)")]
    [TestCase("var copy = [|new byte[e.Stride * e.Height]|]; Marshal.Copy(e.Data, copy, 0, copy.Length);", TestName = "{m}(stride by height)")]
    [TestCase("Invert(e); void Invert(CameraFrame f) { var copy = [|new byte[f.Width * f.Height]|]; Console.WriteLine(copy.Length); }", TestName = "{m}(a local function that only the handler calls)")]
    public Task Reports_in_a_handler(string body) => Verify.ReportsAsync(InHandler(body), With4);

    [TestCase("class C { void M(Camera c) => c.FrameArrived += (_, e) => Console.WriteLine([|new byte[e.Width * e.Height]|].Length); }", TestName = "{m}(a lambda)")]
    [TestCase("class C { void M(Camera c) { while (true) { var f = c.GrabFrame(); Invert(f); } } private static void Invert(CameraFrame f) { var copy = [|new byte[f.Width * f.Height]|]; Console.WriteLine(copy.Length); } }", TestName = "{m}(a method that only the loop calls)")]
    [TestCase("class C { void M(Camera c) { while (c.TryGetImage(out var f)) { Console.WriteLine([|new byte[f.Width * f.Height]|].Length); } } }", TestName = "{m}(a loop that asks for images)")]
    [TestCase("class C { async Task M(IAsyncEnumerable<CameraFrame> frames) { await foreach (var f in frames) { Console.WriteLine([|new byte[f.Width * f.Height]|].Length); } } }", TestName = "{m}(a stream of frames)")]
    [TestCase("class C { IEnumerable<byte[]> M(IEnumerable<Mat> mats) { foreach (var m in mats) { yield return [|new byte[m.Width * m.Height]|]; } } }", TestName = "{m}(an iterator)")]
    [TestCase("class C { IEnumerable<byte[]> M(IEnumerable<Mat> mats) => mats.Select(m => [|new byte[m.Width * m.Height]|]); }", TestName = "{m}(a query)")]
    [TestCase("class C { void M(Mat[] mats) => Parallel.ForEach(mats, mat => Console.WriteLine([|new byte[mat.Width * mat.Height]|].Length)); }", TestName = "{m}(a parallel loop)")]
    [TestCase("partial class C<T>(int width, int height) where T : unmanaged { void M(Camera c) { for (;;) { c.GrabFrame(); T[] x = [|new T[width * height]|]; Console.WriteLine(x.Length); } } }", TestName = "{m}(a generic type, a primary constructor)")]
    [TestCase("interface ISensor { bool TryReceive(TimeSpan limit, out IntPtr pixels, out int width, out int height); } class C(ISensor sensor) { void M() { while (true) { if (sensor.TryReceive(TimeSpan.FromSeconds(1), out var at, out var width, out var height)) { var copy = [|new byte[width * height * 2]|]; Marshal.Copy(at, copy, 0, copy.Length); } } } }", TestName = "{m}(a driver that gives an address)")]
    public Task Reports_code(string source) => Verify.ReportsAsync(Usings + source, With4);

    [Test]
    public Task Reports_in_top_level_statements() => Verify.ReportsAsync(
        Usings + "using var camera = new VideoCapture(0);\nusing var mat = new Mat();\nwhile (camera.Read(mat))\n{\n    var pixels = [|new byte[mat.Width * mat.Height]|];\n    Console.WriteLine(pixels.Length);\n}", With4);

    [TestCase("_buffer ??= new byte[width * height];", TestName = "{m}(made once)")]
    [TestCase("if (_buffer is null || _buffer.Length < width * height) { _buffer = new byte[width * height]; }", TestName = "{m}(made when the size grows)")]
    [TestCase("var pixels = _buffer ?? new byte[width * height]; use(pixels);", TestName = "{m}(what is there)")]
    [TestCase("if (!_pool.TryTake(out var pixels)) { pixels = new byte[width * height]; } use(pixels); _pool.Add(pixels);", TestName = "{m}(a pool of one's own)")]
    [TestCase("var pixels = _pool.TryTake(out var old) ? old : new byte[width * height]; _pool.Add(pixels);", TestName = "{m}(a pool by condition)")]
    [TestCase("var pixels = ArrayPool<byte>.Shared.Rent(width * height); ArrayPool<byte>.Shared.Return(pixels);", TestName = "{m}(rented)")]
    [TestCase("use(new byte[width]);", TestName = "{m}(a line)")]
    [TestCase("use(new byte[width * 3]);", TestName = "{m}(a line of three channels)")]
    [TestCase("use(new byte[64 * 64]);", TestName = "{m}(small)")]
    [TestCase("use(new byte[84999]);", TestName = "{m}(no large object)")]
    [TestCase("int roiWidth = 8, tileHeight = 8; use(new byte[roiWidth * tileHeight]);", TestName = "{m}(a part of the picture)")]
    [TestCase("var names = new string[width * height]; Console.WriteLine(names.Length);", TestName = "{m}(objects)")]
    [TestCase("use(mat.ToBytes());", TestName = "{m}(encoded)")]
    [TestCase("byte[] kernel = [1, 2, 1]; use(kernel); use(new byte[] { 1 }); Console.WriteLine(\"{0} {1} {2} {3}\", width, height, mat, roi);", TestName = "{m}(elements)")]
    [TestCase("Lazy<byte[]> later = new(() => new byte[width * height]); use(later.Value);", TestName = "{m}(a lambda that somebody else calls)")]
    [TestCase("Span<byte> line = stackalloc byte[width]; line.Clear();", TestName = "{m}(the stack)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(InLoop(body), With4);

    [TestCase("class C { readonly byte[] _b = new byte[1280 * 1024]; int M(Camera c) { c.GrabFrame(); return _b.Length; } }", TestName = "{m}(a field)")]
    [TestCase("class C { void M(VideoCapture c, Mat m, int width, int height) { var b = new byte[width * height]; while (c.Read(m)) { Console.WriteLine(b.Length); } } }", TestName = "{m}(before the loop)")]
    [TestCase("class C { void M(VideoCapture c, Mat m, int width, int height) { for (var b = new byte[width * height]; c.Read(m);) { Console.WriteLine(b.Length); } } }", TestName = "{m}(in the head of the loop)")]
    [TestCase("class C { void M(string[] files, int width, int height) { foreach (var file in files) { Console.WriteLine(new byte[width * height].Length + file); } } }", TestName = "{m}(a loop over other things)")]
    [TestCase("public class C { public byte[] M(int width, int height) => new byte[width * height]; }", TestName = "{m}(a method that may run once)")]
    [TestCase("interface ISensor { bool Describe(out IntPtr name, out int width, out int height); } class C(ISensor sensor) { void M() { while (sensor.Describe(out _, out var width, out var height)) { Console.WriteLine(new byte[width * height].Length); } } }", TestName = "{m}(an address that is not taken from a camera)")]
    public Task Is_silent_on_code(string source) => Verify.ReportsAsync(Usings + source, With4);

    [Test]
    public Task Message_says_who_and_what() => Verify.ReportsAsync(
        InHandler("var copy = [|new byte[e.Width * e.Height]|]; Console.WriteLine(copy.Length);"), With4,
        "'OnFrame' makes the array 'new byte[e.Width * e.Height]' anew for each frame: the system has to map and clear its pages, and the collector to go through the whole heap");

    [Test]
    public Task Fix_rents_the_array() => Verify.FixesAllAsync(
        """
        using System;
        using System.Buffers;
        using System.IO;
        using System.Runtime.InteropServices;
        using OpenCvSharp;
        class C
        {
            void M(VideoCapture camera, Mat mat, Stream stream, int width, int height)
            {
                while (camera.Read(mat))
                {
                    // the copy
                    var pixels = [|new byte[width * height]|]; // of one frame
                    Marshal.Copy(mat.Data, pixels, 0, width * height);
                    pixels[0] = 1;
                    var size = width * height;
                    var second = [|GC.AllocateUninitializedArray<byte>(size)|];
                    pixels.AsSpan(0, width * height).CopyTo(second.AsSpan(0, size));
                    stream.Write(second, 0, size); // out
                }
            }
        }
        """,
        """
        using System;
        using System.Buffers;
        using System.IO;
        using System.Runtime.InteropServices;
        using OpenCvSharp;
        class C
        {
            void M(VideoCapture camera, Mat mat, Stream stream, int width, int height)
            {
                while (camera.Read(mat))
                {
                    // the copy
                    var pixels = ArrayPool<byte>.Shared.Rent(width * height); // of one frame
                    try
                    {
                        Marshal.Copy(mat.Data, pixels, 0, width * height);
                        pixels[0] = 1;
                        var size = width * height;
                        var second = ArrayPool<byte>.Shared.Rent(size);
                        try
                        {
                            pixels.AsSpan(0, width * height).CopyTo(second.AsSpan(0, size));
                            stream.Write(second, 0, size); // out
                        }
                        finally
                        {
                            ArrayPool<byte>.Shared.Return(second);
                        }
                    }
                    finally
                    {
                        ArrayPool<byte>.Shared.Return(pixels);
                    }
                }
            }
        }
        """,
        setup: With4);

    [Test]
    public Task Fix_rents_in_async_code_without_a_using() => Verify.FixesAsync(
        """
        using System.Collections.Generic;
        using System.IO;
        using System.Threading.Tasks;
        class C
        {
            async Task M(IAsyncEnumerable<CameraFrame> frames, Stream source, Stream target)
            {
                await foreach (var frame in frames)
                {
                    ushort[] unused = new ushort[4];
                    byte[] pixels = [|new byte[frame.Width * frame.Height]|];
                    await source.ReadExactlyAsync(pixels, 0, frame.Width * frame.Height);
                    await target.WriteAsync(pixels, 0, frame.Width * frame.Height).ConfigureAwait(false);
                }
            }
        }
        """,
        """
        using System.Collections.Generic;
        using System.IO;
        using System.Threading.Tasks;
        class C
        {
            async Task M(IAsyncEnumerable<CameraFrame> frames, Stream source, Stream target)
            {
                await foreach (var frame in frames)
                {
                    ushort[] unused = new ushort[4];
                    byte[] pixels = System.Buffers.ArrayPool<byte>.Shared.Rent(frame.Width * frame.Height);
                    try
                    {
                        await source.ReadExactlyAsync(pixels, 0, frame.Width * frame.Height);
                        await target.WriteAsync(pixels, 0, frame.Width * frame.Height).ConfigureAwait(false);
                    }
                    finally
                    {
                        System.Buffers.ArrayPool<byte>.Shared.Return(pixels);
                    }
                }
            }
        }
        """,
        setup: With4);

    [TestCase("var p = [|new byte[width * height]|]; use(p);", TestName = "{m}(other code may keep it)")]
    [TestCase("var p = [|new byte[width * height]|]; Marshal.Copy(mat.Data, p, 0, p.Length);", TestName = "{m}(its length is asked for)")]
    [TestCase("var p = [|new byte[width * height]|]; Marshal.Copy(mat.Data, p, 0, width * height); _buffer = p;", TestName = "{m}(kept)")]
    [TestCase("var p = [|new byte[width * height]|]; p[0] = 1; Console.WriteLine(p[1]);", TestName = "{m}(never filled)")]
    [TestCase("var p = [|new byte[width * height]|]; Marshal.Copy(mat.Data, p, 8, width * height);", TestName = "{m}(filled from the middle on)")]
    [TestCase("var p = [|new byte[width * height]|]; if (width > 9) { Marshal.Copy(mat.Data, p, 0, width * height); } Console.WriteLine(p[1]);", TestName = "{m}(filled sometimes)")]
    [TestCase("var p = [|new byte[width * height]|]; Marshal.Copy(mat.Data, p, 0, width * height); width++; Console.WriteLine(p[1]);", TestName = "{m}(the size changes)")]
    [TestCase("var p = [|new byte[width * height]|]; Marshal.Copy(mat.Data, p, 0, width * height); Task.Run(() => p[1]);", TestName = "{m}(a lambda)")]
    [TestCase("var p = [|new byte[width * height]|]; Marshal.Copy(mat.Data, p, 0, width * height); foreach (var b in p) { Console.WriteLine(b); }", TestName = "{m}(all of it is walked)")]
    [TestCase("var p = [|new byte[width * height]|]; Marshal.Copy(mat.Data, p, 0, width * height); Console.WriteLine(p[^1]);", TestName = "{m}(from the end)")]
    [TestCase("var p = [|new byte[width * height]|]; Marshal.Copy(mat.Data, p, 0, width * height); Cv2.ImShow(p.ToString()!, mat);", TestName = "{m}(a method of its own)")]
    [TestCase("use([|new byte[width * height]|]);", TestName = "{m}(no local)")]
    [TestCase("var rows = [|new float[height, width]|]; rows[0, 0] = 1;", TestName = "{m}(two dimensions)")]
    [TestCase("var p = [|new byte[width * height]|]; Marshal.Copy(mat.Data, p, 0, width * height); var t = Stream.Null.WriteAsync(p, 0, width * height);", TestName = "{m}(a task that still uses it)")]
    public Task No_fix_where_a_rented_array_would_be_wrong(string body) => Verify.OffersNoFixAsync(InLoop(body), setup: With4);
}
