using System.Buffers.Text;
using Hardening.Interop;

namespace Hardening.Supervisor;

/// <summary>One look at a process through proc(5).</summary>
internal readonly struct ProcessLook
{
    private const int StateField = 3; // of /proc/pid/stat; the name, field 2, may contain anything, but ends with the last ')'
    private const int ParentField = 4;
    private const int StartField = 22;

    // Off in rare kernels (CONFIG_PROC_CHILDREN).
    private static readonly bool HasChildrenFiles = File.Exists("/proc/thread-self/children");

    private ProcessLook(char state, int parentId, ulong start) => (State, ParentId, Start) = (state, parentId, start);

    public char State { get; }

    public int ParentId { get; }

    /// <summary>In clock ticks since boot: with the pid, it names a process for good.</summary>
    public ulong Start { get; }

    /// <summary>Neither gone nor a zombie.</summary>
    public bool IsAlive => State is not ('\0' or 'Z' or 'X');

    public static ProcessLook At(int processId)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var stat = ProcFile.Read(processId, "stat"u8, buffer);
        var fields = stat[(stat.LastIndexOf((byte)')') + 1)..];
        var state = '\0';
        var parent = 0;
        for (var field = StateField; field < StartField; field++)
        {
            fields = fields[(fields.IndexOf((byte)' ') + 1)..];
            if (field == StateField && !fields.IsEmpty)
            {
                state = (char)fields[0];
            }
            else if (field == ParentField)
            {
                parent = Utf8Parser.TryParse(fields, out int id, out _) ? id : 0;
            }
        }

        fields = fields[(fields.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(fields, out ulong start, out _) ? new ProcessLook(state, parent, start) : default;
    }

    /// <summary>Adds the children of a process, those of all its threads.</summary>
    public static void AddChildren(int processId, List<int> children)
    {
        if (!HasChildrenFiles)
        {
            AddChildrenByParent(processId, children);
            return;
        }

        Span<int> threads = stackalloc int[256];
        int count;
        while ((count = ProcFile.List(processId, threads)) == threads.Length)
        {
            threads = new int[threads.Length * 4];
        }

        foreach (var thread in threads[..count])
        {
            AddChildren(processId, thread, children);
        }
    }

    /// <summary>Adds the children of this process: it starts them from its main thread, and the system gives orphans to that thread too.</summary>
    public static void AddOwnChildren(List<int> children)
    {
        if (HasChildrenFiles)
        {
            AddChildren(Environment.ProcessId, Environment.ProcessId, children);
        }
        else
        {
            AddChildrenByParent(Environment.ProcessId, children);
        }
    }

    /// <summary>The ids of all processes that this one can see.</summary>
    public static ReadOnlySpan<int> All()
    {
        var numbers = new int[4096];
        int count;
        while ((count = ProcFile.List(0, numbers)) == numbers.Length)
        {
            numbers = new int[numbers.Length * 2];
        }

        return numbers.AsSpan(0, count);
    }

    private static void AddChildren(int processId, int thread, List<int> children)
    {
        Span<byte> buffer = stackalloc byte[16 * 1024];
        var list = ProcFile.ReadTask(processId, thread, "children"u8, buffer);
        while (list.Length == buffer.Length) // there may be more: those that were adopted last stand at the end
        {
            buffer = new byte[buffer.Length * 4];
            list = ProcFile.ReadTask(processId, thread, "children"u8, buffer);
        }

        while (Utf8Parser.TryParse(list, out int child, out var used) && used < list.Length)
        {
            list = list[(used + 1)..];
            children.Add(child);
        }
    }

    private static void AddChildrenByParent(int processId, List<int> children)
    {
        foreach (var candidate in All())
        {
            if (At(candidate).ParentId == processId)
            {
                children.Add(candidate);
            }
        }
    }
}
