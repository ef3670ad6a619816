using System.Collections.Concurrent;
using Hardening.Interop;

namespace Hardening.Stalls.Sampling;

/// <summary>Files of /proc that could not be opened, though what they tell of is there: once each. Safe for all threads.</summary>
internal sealed class Refusals
{
    private readonly ConcurrentDictionary<string, string> _refused = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Sentences => [.. _refused.OrderBy(refused => refused.Key, StringComparer.Ordinal).Select(refused => refused.Value)];

    /// <param name="file">Such as <c>syscall</c>.</param>
    /// <param name="descriptor">What opening it gave.</param>
    public void Note(string file, int descriptor)
    {
        if (descriptor is >= 0 or -Libc.ESRCH or -Libc.EMFILE or -Libc.ENFILE)
        {
            return;
        }

        _refused.TryAdd(file, (file, descriptor) switch
        {
            ("schedstat", _) => "How long threads waited for a processor is not known: this system has no /proc/…/task/…/schedstat.",
            ("children", _) => "Children are not known: this system has no /proc/…/task/…/children.",
            ("status", _) => "Context switches of threads are not known: /proc/…/task/…/status cannot be read.",
            ("wchan", _) => "What threads wait for in the kernel is not known: this system has no /proc/…/task/…/wchan.",
            ("syscall", -Libc.EACCES) => "The system calls that threads are in are not known: this user may not read /proc/…/task/…/syscall.",
            ("syscall", _) => "The system calls that threads are in are not known: this system has no /proc/…/task/…/syscall.",
            _ => $"{file} cannot be read.",
        });
    }
}
