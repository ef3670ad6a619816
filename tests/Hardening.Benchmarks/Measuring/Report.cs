using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hardening.Benchmarks.Measuring;

/// <summary>What a benchmark has to say.</summary>
/// <param name="Subject">Its verb.</param>
/// <param name="Figures">All that was measured, for the file.</param>
/// <param name="Tables">The same for the eye, each with its title.</param>
/// <param name="Goals">What was wanted.</param>
/// <param name="Missing">Peers that could not take part, each with the reason.</param>
/// <param name="Remarks">What a reader of the figures must know.</param>
/// <param name="Wrong">Results that are not right: these alone make the run fail.</param>
internal sealed record Report(
    string Subject, object Figures, IReadOnlyList<(string Title, IRenderable Table)> Tables, IReadOnlyList<Goal> Goals, IReadOnlyList<string> Missing, IReadOnlyList<string> Remarks, IReadOnlyList<string> Wrong)
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string LastLine
    {
        get
        {
            var met = Goals.Count(goal => goal.IsMet);
            return $"{met} {(met == 1 ? "goal" : "goals")} met, {Goals.Count - met} missed";
        }
    }

    public void Write(IAnsiConsole console, TextWriter output)
    {
        foreach (var (title, table) in Tables)
        {
            output.WriteLine();
            output.WriteLine(title);
            console.Write(table);
        }

        var goals = new Table().AddColumn("goal").AddColumn("wanted", Right).AddColumn("measured", Right).AddColumn("");
        foreach (var goal in Goals)
        {
            goals.AddRow(Markup.Escape(goal.Name), goal.LimitText, goal.ValueText, goal.IsMet ? "met" : "missed");
        }

        output.WriteLine();
        console.Write(goals);
        foreach (var line in Missing.Select(missing => $"missing: {missing}").Concat(Remarks.Select(remark => $"note: {remark}")).Concat(Wrong.Select(wrong => $"WRONG: {wrong}")))
        {
            output.WriteLine(line);
        }

        output.WriteLine(LastLine);
    }

    /// <summary>Writes all figures to a file.</summary>
    public void Save(string path)
    {
        using var file = File.Create(path);
        var goals = Goals.Select(goal => new { goal.Name, goal.Limit, goal.IsLeast, goal.Value, Met = goal.IsMet });
        JsonSerializer.Serialize(file, new { Subject, Environment.ProcessorCount, Figures, Goals = goals, Missing, Remarks, Wrong }, Readable);
    }

    private static void Right(TableColumn column) => column.RightAligned();
}
