namespace Hardening.Benchmarks.Analyzers.Generated;

/// <summary>One module of the generated code: its names, and what makes it differ from the others.</summary>
/// <param name="Number">Which it is; all else follows from it.</param>
internal sealed record Module(int Number)
{
    // Applications are broad rather than deep: after so many modules that call the one before, a new row begins.
    private const int Depth = 12;

    private static readonly string[] Nouns = ["Order", "Invoice", "Sensor", "Camera", "Ticket", "Parcel", "Batch", "Recipe", "Station", "Report", "Session", "Asset", "Route", "Shift", "Sample", "Meter", "Account"];
    private static readonly string[] Fields = ["Weight", "Price", "Level", "Score", "Length", "Delay", "Rate", "Depth", "Share", "Volume", "Offset"];

    public string Noun => Nouns[Number % Nouns.Length];

    public string Name => $"{Noun}{Number:D4}";

    /// <summary>The module that this one rests on: its classes are called from here. The first of a row rests on itself.</summary>
    public string Below => Number % Depth == 0 ? Name : new Module(Number - 1).Name;

    /// <summary>A yes or no that is always the same for the same module and question.</summary>
    public bool Flip(int question) => Pick(question, 2) == 1;

    /// <summary>A number under a limit that is always the same for the same module and question.</summary>
    public int Pick(int question, int limit)
    {
        var mixed = ((uint)Number * 2654435761u) ^ ((uint)question * 2246822519u);
        mixed = (mixed ^ (mixed >> 15)) * 3266489917u;
        return (int)((mixed ^ (mixed >> 13)) % (uint)limit);
    }

    /// <summary>Some different names, as many as asked for.</summary>
    public IEnumerable<string> Names(int question, int count) => Enumerable.Range(Pick(question, Fields.Length), count).Select(i => Fields[i % Fields.Length]);

    /// <summary>Text for each of some names, put together.</summary>
    public string Each(int question, int count, Func<string, int, string> text) => string.Concat(Names(question, count).Select(text));

    public string When(int question, string text) => Flip(question) ? text : "";
}
