using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using OpenCvSharp;

namespace Warehouse.Codes;

public interface ICodeSink
{
    void Read(string code);
}

/// <summary>Reads the code of what lies under the camera.</summary>
public sealed class BarcodeReader(ICodeSink sink, int device)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Seen => _seen;

    public void Run(CancellationToken token)
    {
        using var capture = new VideoCapture(device);
        using var detector = new QRCodeDetector();
        using var frame = new Mat();
        while (!token.IsCancellationRequested) // HRD4001
        {
            capture.Read(frame); // HRD4006
            var code = detector.DetectAndDecode(frame, out _);
            if (code.Length > 0 && _seen.Add(code))
            {
                sink.Read(code);
            }
        }
    }

    public string? ReadOne(TimeSpan limit)
    {
        using var capture = new VideoCapture(device);
        using var detector = new QRCodeDetector();
        using var frame = new Mat();
        var end = DateTime.UtcNow + limit;
        while (DateTime.UtcNow < end) // HRD4001
        {
            if (!capture.Read(frame)) // HRD4006
            {
                continue;
            }

            if (detector.DetectAndDecode(frame, out _) is { Length: > 0 } code)
            {
                return code;
            }
        }

        return null;
    }

    public List<string> ReadFiles(IEnumerable<string> files)
    {
        using var detector = new QRCodeDetector();
        var codes = new List<string>();
        foreach (var file in files)
        {
            codes.Add(detector.DetectAndDecode(Cv2.ImRead(file), out _)); // HRD4002
        }

        return codes;
    }
}

public sealed class CodeJournal(Func<string, Task> write) : ICodeSink
{
    private readonly Queue<string> _codes = new();

    public void Read(string code)
    {
        lock (_codes)
        {
            _codes.Enqueue(code);
        }
    }

    public async Task FlushAsync()
    {
        string[] codes;
        lock (_codes)
        {
            codes = _codes.ToArray();
            _codes.Clear();
        }

        foreach (var code in codes)
        {
            await write(code);
        }
    }
}
