namespace RuleTour.Locks;

/// <summary>Focal lengths by lens, made at the first question. A second thread finds the table as soon as it is there, and that is before it is filled.</summary>
internal sealed class LensTable
{
    private readonly Lock _gate = new();
    private Dictionary<string, double>? _lenses;

    public double FocalLength(string lens)
    {
        if (_lenses == null)
        {
            lock (_gate)
            {
                if (_lenses == null)
                {
                    _lenses = new Dictionary<string, double>(StringComparer.Ordinal); // HRD1013
                    _lenses.Add("wide", 8);
                    _lenses.Add("normal", 16);
                    _lenses.Add("tele", 50);
                }
            }
        }

        return _lenses[lens];
    }
}
