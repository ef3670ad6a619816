using System.Collections.Concurrent;

namespace RuleTour.Threads;

/// <summary>Prints labels in the background. The service is told to stop, and does not: this thread keeps it alive.</summary>
internal sealed class LabelPrinter(TextWriter device)
{
    private readonly BlockingCollection<string> _labels = new(boundedCapacity: 64);

    public void Start()
    {
        var thread = new Thread(PrintAll) { Name = "label printer" }; // HRD2013
        thread.Start();
    }

    public bool Print(string label) => _labels.TryAdd(label);

    private void PrintAll()
    {
        while (true)
        {
            device.WriteLine(_labels.Take());
        }
    }
}
