using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Inspection.Tests.Processes;

/// <summary>The program as people run it: a process of its own, with a mark that everything which it starts inherits.</summary>
internal sealed class InspectionProcess : IDisposable
{
    private const string Mark = "INSPECTION_TEST";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(170);

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly string _json = Path.Combine(Path.GetTempPath(), $"inspection-{Guid.NewGuid():N}.json");
    private readonly StringBuilder _text = new();
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private InspectionProcess(string[] arguments, bool writesFigures, string? path = null)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Inspection.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [Mark] = _mark },
        };
        if (writesFigures)
        {
            start.ArgumentList.Add("--json");
            start.ArgumentList.Add(_json);
            start.ArgumentList.Add("--html");
            start.ArgumentList.Add(Page);
        }

        start.Environment["PATH"] = path ?? Environment.GetEnvironmentVariable("PATH");

        _process = Process.Start(start)!;
        _output = ReadAsync(_process.StandardOutput);
        _error = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>The file of the page.</summary>
    public string Page => Path.ChangeExtension(_json, "html");

    public string Output => _output.Result;

    public string Error => _error.Result;

    public int ExitCode => _process.ExitCode;

    /// <summary>Released whenever the program shows progress, and when its output ends.</summary>
    private readonly SemaphoreSlim _progress = new(0);

    private volatile bool _hasSaidAll;

    public static InspectionProcess Start(params string[] arguments) => new(arguments, writesFigures: true);

    public static InspectionProcess Run(params string[] arguments) => RunWithPath(null, arguments);

    /// <param name="path">Where the program finds others; null: where this one does.</param>
    /// <param name="arguments">Its arguments.</param>
    public static InspectionProcess RunWithPath(string? path, params string[] arguments)
    {
        var process = new InspectionProcess(arguments, writesFigures: false, path);
        process.WaitForEnd();
        return process;
    }

    /// <summary>What it has written so far.</summary>
    public string OutputSoFar
    {
        get
        {
            lock (_text)
            {
                return _text.ToString();
            }
        }
    }

    public void WaitForProgress() => Assert.That(_progress.Wait(Limit), "The program shows no progress.");

    /// <summary>Returns when, at a line of progress, there is enough of what the test wants; or when the program ends.</summary>
    public void WaitForProgress(Func<bool> isEnough)
    {
        do
        {
            WaitForProgress();
        }
        while (!isEnough() && !_hasSaidAll);
    }

    public void WaitForEnd()
    {
        Assert.That(_process.WaitForExit(Limit), $"The program did not end within {Limit}.");
        Assert.That(Task.WaitAll([_output, _error], Limit), "The program has ended, and something still holds its output.");
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        Assert.That(kill.WaitForExit(Limit));
    }

    /// <summary>The figures of each run, in order.</summary>
    public IReadOnlyList<JsonElement> ReadFigures()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(_json));
        return [.. document.RootElement.EnumerateArray().Select(element => element.Clone())];
    }

    /// <summary>How many processes that it has started are still there, and itself.</summary>
    public int CountLeft() => FindAll().Count();

    /// <summary>SIGKILL, to itself and to nobody else.</summary>
    public void KillAlone()
    {
        _process.Kill(entireProcessTree: false);
        Assert.That(_process.WaitForExit(Limit));
    }

    /// <summary>Waits until each process that it has started has ended, and those that were started meanwhile: a supervisor goes a moment after the program itself.</summary>
    public void WaitForAllThatItStarted()
    {
        const int mostRounds = 100;
        for (var round = 0; round < mostRounds && FindAll().ToList() is { Count: > 0 } left; round++)
        {
            left.ForEach(WaitForEndOf);
        }

        Assert.That(CountLeft(), Is.Zero, "processes left");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(Limit);
        }

        _process.Dispose();
        _progress.Dispose();
        File.Delete(_json);
        File.Delete(Page);
    }

    private static void WaitForEndOf(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            Assert.That(process.WaitForExit(Limit), $"Process {id} was left.");
        }
        catch (ArgumentException)
        {
            // it has ended meanwhile
        }
    }

    private IEnumerable<int> FindAll()
    {
        var mark = Encoding.UTF8.GetBytes($"{Mark}={_mark}\0");
        return Directory.EnumerateDirectories("/proc")
            .Where(directory => char.IsAsciiDigit(Path.GetFileName(directory)[0]) && HasMark(directory, mark))
            .Select(directory => int.Parse(Path.GetFileName(directory), CultureInfo.InvariantCulture));
    }

    private static bool HasMark(string directory, byte[] mark)
    {
        try
        {
            return File.ReadAllBytes(directory + "/environ").AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task<string> ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_text)
            {
                _text.AppendLine(line);
            }

            if (line.Contains("processed", StringComparison.Ordinal))
            {
                _progress.Release();
            }
        }

        _hasSaidAll = true;
        _progress.Release();
        return OutputSoFar;
    }
}
