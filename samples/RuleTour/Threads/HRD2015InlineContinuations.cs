using System.Collections.Concurrent;

namespace RuleTour.Threads;

/// <summary>Questions to a controller, and their answers from one reader. Who awaits an answer goes on inside of the reader, and if it asks again there, it waits for itself.</summary>
internal sealed class ControllerClient(TextWriter questions, TextReader answers)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _asked = new(StringComparer.Ordinal);

    public async Task<string> AskAsync(string id, string question)
    {
        var answer = new TaskCompletionSource<string>(); // HRD2015
        _asked[id] = answer;
        await questions.WriteLineAsync($"{id} {question}").ConfigureAwait(false);
        return await answer.Task.ConfigureAwait(false);
    }

    public async Task ReadAsync(CancellationToken stop)
    {
        while (await answers.ReadLineAsync(stop).ConfigureAwait(false) is { } line)
        {
            var parts = line.Split(' ', 2);
            if (_asked.TryRemove(parts[0], out var asked))
            {
                asked.TrySetResult(parts[^1]);
            }
        }
    }
}
