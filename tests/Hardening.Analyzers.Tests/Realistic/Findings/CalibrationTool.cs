using System.Globalization;
using OpenCvSharp;

const int Wanted = 20;

var device = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 0;
var folder = args.Length > 1 ? args[1] : "calibration";
Directory.CreateDirectory(folder);

var shots = Collect(device);
Console.WriteLine($"{shots.Count} pictures");
var sharp = 0;
foreach (var (index, shot) in shots.Index())
{
    if (Board.IsSharp(shot))
    {
        sharp++;
        Cv2.ImWrite(Path.Combine(folder, $"{index:D2}.png"), shot);
    }
}

shots.ForEach(shot => shot.Dispose());
Console.WriteLine($"{sharp} are sharp");
return sharp >= Wanted / 2 ? 0 : 1;

static List<Mat> Collect(int device)
{
    var capture = new VideoCapture(device); // HRD4007
    if (!capture.IsOpened())
    {
        throw new IOException($"There is no camera {device}.");
    }

    var shots = new List<Mat>(Wanted);
    using var frame = new Mat();
    while (shots.Count < Wanted)
    {
        Console.WriteLine($"Hold the board, then press a key ({shots.Count + 1} of {Wanted}).");
        Console.ReadKey(intercept: true);
        if (!capture.Read(frame))
        {
            throw new IOException($"Camera {device} gives no picture.");
        }

        shots.Add(frame); // HRD4005
    }

    return shots;
}

internal static class Board
{
    private static readonly Size Squares = new(9, 6);

    public static bool IsSharp(Mat shot)
    {
        using var gray = new Mat();
        using var edges = new Mat();
        Cv2.CvtColor(shot, gray, ColorConversionCodes.BGR2GRAY);
        Cv2.Canny(gray, edges, 80, 160);
        return Cv2.CountNonZero(edges) > Squares.Width * Squares.Height * 40;
    }

    public static double Brightness(Mat shot)
    {
        using var gray = new Mat();
        Cv2.CvtColor(shot, gray, ColorConversionCodes.BGR2GRAY);
        return Cv2.Sum(gray).Val0 / Math.Max(1, gray.Total());
    }

    public static string Describe(Mat shot) => string.Create(CultureInfo.InvariantCulture, $"{shot.Width} x {shot.Height}, {Brightness(shot):F1}");
}

internal static class Undistorted
{
    public static string NameOf(string file) =>
        Path.Combine(Path.GetDirectoryName(file) ?? "", Path.GetFileNameWithoutExtension(file) + "-flat" + Path.GetExtension(file));
}

// === Usings.cs ===
global using System;
global using System.Collections.Generic;
global using System.IO;
global using System.Linq;
