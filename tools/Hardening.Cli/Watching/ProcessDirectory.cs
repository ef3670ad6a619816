using System.Globalization;
using System.Text;

namespace Hardening.Cli.Watching;

/// <summary>What /proc tells of a process, read once: proc(5). What is not there, or may not be read, is empty.</summary>
/// <param name="id">The process.</param>
/// <param name="root">Where proc(5) is.</param>
internal sealed class ProcessDirectory(int id, string root = "/proc")
{
    private const int MaxBytes = 16 << 20; // the maps of a large process have some MB

    public int Id => id;

    public string Path { get; } = string.Create(CultureInfo.InvariantCulture, $"{root}/{id}");

    public bool Exists => File.Exists($"{Path}/stat");

    /// <summary>The name of its program, 15 letters at most; the letter of its state; the ticks of its start; how many threads it has; whether it is a thread of the kernel.</summary>
    public (string Name, char State, int Parent, long StartTicks, int Threads, bool IsKernel)? Stat()
    {
        const long KernelThread = 0x00200000; // PF_KTHREAD
        var line = Read("stat");
        var (begin, end) = (line.IndexOf('('), line.LastIndexOf(')'));
        if (begin < 0 || end < begin)
        {
            return null;
        }

        var fields = line[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length < 20 ? null : (line[(begin + 1)..end], fields[0][0], (int)Number(fields[1]), Number(fields[19]), (int)Number(fields[17]), (Number(fields[6]) & KernelThread) != 0);
    }

    /// <summary>A line of its status; empty when there is none.</summary>
    public string Status(string name) => Read("status").Split('\n').FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..].Trim() ?? "";

    /// <summary>The user that it runs as.</summary>
    public int? User => int.TryParse(Status("Uid").Split('\t')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var user) ? user : null;

    public IReadOnlyList<string> Arguments => Read("cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The file that it runs; empty when that may not be told.</summary>
    public string Program
    {
        get
        {
            try
            {
                return File.ResolveLinkTarget($"{Path}/exe", returnFinalTarget: false)?.FullName ?? "";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return "";
            }
        }
    }

    public string Read(string file)
    {
        TryRead(file, out var text);
        return text;
    }

    /// <returns>Null when it could be read; else why not.</returns>
    public Exception? TryRead(string file, out string text)
    {
        text = "";
        try
        {
            using var stream = new FileStream($"{Path}/{file}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var bytes = new MemoryStream();
            var part = new byte[64 * 1024];
            while (bytes.Length < MaxBytes && stream.Read(part) is var count and > 0)
            {
                bytes.Write(part, 0, count);
            }

            text = Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e;
        }
    }

    private static long Number(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
