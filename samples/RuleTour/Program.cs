using RuleTour.Tour;
using Spectre.Console;

const int badInput = 2;

try
{
    var stops = CompilerLog.Read(Path.Combine(AppContext.BaseDirectory, "RuleTour.sarif"));
    if (!TourCommand.TryParse(args, [.. stops.Select(stop => stop.Id)], out var rule, out var problem))
    {
        return problem is null ? 0 : Refuse(problem);
    }

    var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect });
    console.Profile.Width = int.MaxValue; // the terminal wraps, and a file has no width
    var text = new TourText(console, Environment.CurrentDirectory);
    if (rule is null)
    {
        text.WriteAll(stops);
    }
    else
    {
        text.WriteOne(stops.Single(stop => stop.Id == rule));
    }

    return 0;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    return Refuse(e.Message); // no log of the compiler, or a source that has gone since
}

static int Refuse(string problem)
{
    Console.Error.WriteLine($"rule-tour: {problem.ReplaceLineEndings(" ").TrimEnd('.')}.");
    return badInput;
}
