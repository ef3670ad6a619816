using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Hardening.Cli;

/// <summary>
/// Where a verb writes. Its result goes to the output, as text or (with <c>--json</c>) as one JSON document and nothing else; progress and errors go to the error output. Where these are redirected,
/// they are plain text: no colours, no lines that are written over.
/// </summary>
internal sealed class Terminal(TextWriter output, TextWriter error, bool isJson, bool isInteractive)
{
    /// <summary>The form of what <c>--json</c> prints.</summary>
    public static readonly JsonSerializerOptions JsonForm = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The result as text; silent with <c>--json</c>.</summary>
    public IAnsiConsole Out { get; } = Make(isJson ? TextWriter.Null : output, isInteractive && !isJson);

    /// <summary>Progress and what went wrong.</summary>
    public IAnsiConsole Error { get; } = Make(error, isInteractive);

    /// <summary>Whether the result is wanted as JSON.</summary>
    public bool IsJson { get; } = isJson;

    /// <summary>Whether a person looks on: live views and progress bars make sense.</summary>
    public bool IsInteractive { get; } = isInteractive;

    /// <summary>Writes the result as JSON.</summary>
    public void WriteJson<T>(T result) => output.WriteLine(JsonSerializer.Serialize(result, JsonForm));

    /// <summary>Writes one line of what is going on: of interest while it runs, and in a CI log afterwards.</summary>
    public void Report(string line) => Error.WriteLine(line);

    private static IAnsiConsole Make(TextWriter writer, bool isInteractive)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isInteractive ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = isInteractive ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!isInteractive)
        {
            console.Profile.Width = 200; // a file has none
        }

        return console;
    }
}
