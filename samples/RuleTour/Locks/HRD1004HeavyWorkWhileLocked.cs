using System.Text.Json;

namespace RuleTour.Locks;

/// <summary>Measurements of a shift, and their export. With 100,000 of them, every station waits for the export.</summary>
internal sealed class ShiftRecord
{
    private readonly Lock _gate = new();
    private readonly List<double> _measurements = [];

    public void Add(double millimetres)
    {
        lock (_gate)
        {
            _measurements.Add(millimetres);
        }
    }

    public string Export()
    {
        lock (_gate)
        {
            return JsonSerializer.Serialize(_measurements); // HRD1004
        }
    }
}
