namespace RuleTour.Threads;

/// <summary>Writes a report of the shift. A full disk ends the process, for nobody can catch what an async void method throws.</summary>
internal sealed class ShiftReport(string folder)
{
    public async void Write(string shift, IEnumerable<string> lines) // HRD2009
    {
        var path = Path.Combine(folder, shift + ".txt");
        await File.WriteAllLinesAsync(path, lines).ConfigureAwait(false);
    }
}
