using System.Globalization;
using System.Text;

namespace Hardening.Dashboard.State;

/// <summary>What the system tells of a process in <c>/proc/…/stat</c> (proc_pid_stat(5)).</summary>
internal readonly record struct ProcStat(int ProcessId, string Name, char State, int ParentId, long UserTicks, long SystemTicks, int Threads, long StartTicks, long RssPages)
{
    /// <summary>Ticks of the clock that the kernel shows times in: 100 a second on every architecture that .NET runs on.</summary>
    public const double TicksPerSecond = 100;

    // counted from the state, which follows the name
    private const int ParentField = 1;
    private const int UserField = 11;
    private const int SystemField = 12;
    private const int ThreadsField = 17;
    private const int StartField = 19;
    private const int RssField = 21;

    private const int LongestName = 64; // the kernel's own are 16

    /// <summary>Reads one; null when there is no such process, or none that may be looked at.</summary>
    /// <param name="path">The file.</param>
    /// <param name="buffer">Memory to read into, of 1 KiB or more.</param>
    public static ProcStat? Read(string path, byte[] buffer)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return Parse(buffer.AsSpan(0, RandomAccess.Read(file, buffer, fileOffset: 0)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads the text of such a file; null when it is none.</summary>
    public static ProcStat? Parse(ReadOnlySpan<byte> text)
    {
        var (open, close) = (text.IndexOf((byte)'('), text.LastIndexOf((byte)')')); // the name may hold anything
        if (open < 1 || close < open || text.Length < close + 3 || !TryNumber(text[..(open - 1)], out var id))
        {
            return null;
        }

        Span<long> numbers = stackalloc long[RssField + 1];
        var fields = text[(close + 2)..];
        var field = 0;
        foreach (var range in fields.Split((byte)' '))
        {
            if (field > 0 && !TryNumber(fields[range], out numbers[field]))
            {
                return null;
            }

            if (field++ == RssField)
            {
                var name = Encoding.UTF8.GetString(text[(open + 1)..Math.Min(close, open + 1 + LongestName)]);
                return new ProcStat(
                    (int)id, name, (char)fields[0], (int)numbers[ParentField], numbers[UserField], numbers[SystemField], (int)numbers[ThreadsField], numbers[StartField], numbers[RssField]);
            }
        }

        return null;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out long number) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
