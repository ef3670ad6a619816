using System.Collections.Concurrent;
using System.IO.Pipes;
using System.Text;

const string Name = "notes-3f2a";

using var mutex = new Mutex(initiallyOwned: true, @"Local\" + Name, out var isFirst);
if (!isFirst)
{
    return Forward(args);
}

using var stop = new CancellationTokenSource();
var notebook = new Notebook();
var listening = ListenAsync(notebook, stop.Token);
foreach (var note in args)
{
    notebook.Add(note);
}

while (Console.ReadLine() is { } line && line != "quit")
{
    if (line.Length > 0)
    {
        notebook.Add(line);
    }
    else
    {
        notebook.Print(Console.Out);
    }
}

stop.Cancel();
await listening;
mutex.ReleaseMutex();
return 0;

static int Forward(string[] notes)
{
    using var pipe = new NamedPipeClientStream(".", Name, PipeDirection.Out);
    try
    {
        pipe.Connect(2_000);
    }
    catch (TimeoutException)
    {
        return 1;
    }

    using var writer = new StreamWriter(pipe, Encoding.UTF8);
    Array.ForEach(notes, writer.WriteLine);
    return 0;
}

static async Task ListenAsync(Notebook notebook, CancellationToken token)
{
    try
    {
        while (true)
        {
            await using var pipe = new NamedPipeServerStream(Name, PipeDirection.In, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
            await pipe.WaitForConnectionAsync(token);
            using var reader = new StreamReader(pipe, Encoding.UTF8);
            while (await reader.ReadLineAsync(token) is { } line)
            {
                notebook.Add(line);
            }
        }
    }
    catch (OperationCanceledException)
    {
        return;
    }
}

internal sealed class Notebook
{
    private readonly ConcurrentQueue<(DateTime At, string Text)> _notes = new();
    private readonly Lazy<string> _user = new(static () => Environment.UserName);

    public int Count => _notes.Count;

    public void Add(string text)
    {
        _notes.Enqueue((DateTime.Now, text));
        while (_notes.Count > 500 && _notes.TryDequeue(out _))
        {
        }
    }

    public void Print(TextWriter output)
    {
        foreach (var (at, text) in _notes)
        {
            output.WriteLine($"{at:t} {_user.Value}: {text}");
        }
    }
}

// === Usings.cs ===
global using System;
global using System.IO;
global using System.Threading;
global using System.Threading.Tasks;
