using System.Globalization;
using System.Text;
using System.Text.Json;
using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Reports;

/// <summary>Writes reports into a directory and keeps no more than the options allow. Not thread-safe but for the end of a write that was given up.</summary>
internal sealed class StallReportFiles(StallReportOptions options, string root, TimeProvider time)
{
    private const string TextExtension = ".hardening.md";
    private const string DumpExtension = ".hardening.dmp";
    private const string TemporaryExtension = ".hardening.tmp";
    private const int MaxName = 150;

    // Others may be writing into the same directory; nobody writes one file for this long.
    private static readonly TimeSpan s_abandonedAfter = TimeSpan.FromHours(1);

    private int _writes;

    /// <summary>Where reports go; null when none are written.</summary>
    public string? Directory { get; } = string.IsNullOrEmpty(options.Directory) ? null : Path.GetFullPath(options.Directory, root);

    /// <summary>Writes both files of a report, over those of the same id.</summary>
    /// <param name="report">What to write.</param>
    /// <param name="window">What was measured.</param>
    /// <param name="isWanted">Asked before a file takes its name: no, when the caller has given up waiting.</param>
    /// <returns>The path of the JSON file.</returns>
    /// <exception cref="IOException">The disk is full, or cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written to.</exception>
    public string Write(StallReport report, StallWindow? window, Func<bool> isWanted)
    {
        var directory = Directory ?? throw new InvalidOperationException("No directory for reports is set.");
        System.IO.Directory.CreateDirectory(directory);
        var name = Path.Combine(directory, NameOf(report.Id));
        var content = new StallReportContent { Report = report, Window = options.WithSamples ? window : null };
        Put(name + StallReportFile.Extension, file => JsonSerializer.Serialize(file, content, StallReportJson.Default.StallReportContent), isWanted);
        Put(name + TextExtension, file => file.Write(Encoding.UTF8.GetBytes(StallReportText.Write(report))), isWanted);
        Prune(directory, keep: Path.GetFileName(name));
        return name + StallReportFile.Extension;
    }

    /// <summary>Where the dump of a report goes, and room for it: dumps are large, so few are kept.</summary>
    public string DumpPath(string id, int maxDumps)
    {
        var directory = System.IO.Directory.CreateDirectory(Directory ?? Path.GetTempPath()).FullName;
        var dumps = System.IO.Directory.GetFiles(directory, "*" + DumpExtension);
        foreach (var dump in dumps.Order(StringComparer.Ordinal).Take(Math.Max(0, dumps.Length + 1 - maxDumps)))
        {
            TryDelete(dump);
        }

        return Path.Combine(directory, NameOf(id) + DumpExtension);
    }

    /// <summary>The name of a report's files, without extension: its id, without what a name may not have.</summary>
    internal static string NameOf(string id)
    {
        var name = string.Concat(id.Take(MaxName).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '_'));
        return name.Length == 0 ? "stall" : name[0] == '.' ? "_" + name[1..] : name; // a leading dot would hide it, or lead out of the directory
    }

    // Whole or not at all, even when the machine goes down: a file has its name only once its bytes are on the disk.
    private void Put(string path, Action<FileStream> write, Func<bool> isWanted)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, string.Create(CultureInfo.InvariantCulture, $".{Environment.ProcessId}-{Interlocked.Increment(ref _writes)}{TemporaryExtension}"));
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.Read))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }

            if (!isWanted())
            {
                throw new IOException($"Writing '{path}' took longer than it may.");
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    private void Prune(string directory, string keep)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal); // ids sort by time
        foreach (var file in System.IO.Directory.EnumerateFiles(directory, "*.hardening.*"))
        {
            var name = Path.GetFileName(file);
            if (name.EndsWith(TemporaryExtension, StringComparison.Ordinal))
            {
                if (time.GetUtcNow() - File.GetLastWriteTimeUtc(file) > s_abandonedAfter)
                {
                    TryDelete(file);
                }
            }
            else if (WithoutExtension(name) is { } id)
            {
                names.Add(id);
            }
        }

        names.Remove(keep);
        foreach (var id in names.Take(Math.Max(0, names.Count + 1 - options.MaxFiles)))
        {
            TryDelete(Path.Combine(directory, id + StallReportFile.Extension));
            TryDelete(Path.Combine(directory, id + TextExtension));
        }
    }

    private static string? WithoutExtension(string name) =>
        name.EndsWith(StallReportFile.Extension, StringComparison.Ordinal) ? name[..^StallReportFile.Extension.Length]
        : name.EndsWith(TextExtension, StringComparison.Ordinal) ? name[..^TextExtension.Length]
        : null;

    // Another process may have been faster, and what is left goes the next time.
    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
