using System.Globalization;
using OpenCvSharp;

var device = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 0;
var wanted = args.Length > 1 ? Math.Clamp(int.Parse(args[1], CultureInfo.InvariantCulture), 1, 50) : 20;
var shots = new List<Mat>(wanted);
try
{
    using var camera = new Shooter(device);
    while (shots.Count < wanted && Ask($"Hold the board ({shots.Count + 1} of {wanted}), then press a key; Q ends."))
    {
        if (camera.TryShoot(out var shot))
        {
            shots.Add(shot);
        }
        else
        {
            shot.Dispose();
            Console.Error.WriteLine("The camera gave no picture.");
        }
    }

    var written = 0;
    foreach (var shot in shots)
    {
        written += Cv2.ImWrite($"board-{written:D2}.png", shot) ? 1 : 0;
    }

    Console.WriteLine($"{written} pictures");
    return written == wanted ? 0 : 1;
}
catch (IOException failure)
{
    Console.Error.WriteLine(failure.Message);
    return 2;
}
finally
{
    shots.ForEach(shot => shot.Dispose());
}

static bool Ask(string question)
{
    Console.WriteLine(question);
    return Console.ReadKey(intercept: true).Key != ConsoleKey.Q;
}

/// <summary>Takes single pictures. The driver has old ones in its buffers, which nobody wants.</summary>
internal sealed class Shooter : IDisposable
{
    private readonly VideoCapture _capture;

    public Shooter(int device)
    {
        _capture = new VideoCapture(device);
        if (!_capture.IsOpened())
        {
            _capture.Dispose();
            throw new IOException($"There is no camera {device}.");
        }

        _capture.Set(VideoCaptureProperties.BufferSize, 1);
    }

    public bool TryShoot(out Mat shot)
    {
        shot = new Mat();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            if (_capture.Read(shot) && !shot.Empty())
            {
                return true;
            }

            Thread.Sleep(100);
        }

        return false;
    }

    public void Dispose() => _capture.Dispose();
}

// === Usings.cs ===
global using System;
global using System.Collections.Generic;
global using System.IO;
global using System.Threading;
