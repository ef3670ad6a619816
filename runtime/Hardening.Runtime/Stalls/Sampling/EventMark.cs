using System.Diagnostics.Tracing;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Hardening.Interop;

namespace Hardening.Stalls.Sampling;

/// <summary>
/// An event of the runtime that is caused at will: this assembly is asked for, which is loaded already. Whoever hears it has heard all before it. An older mark that comes late is not taken for the
/// present one, for they ask for versions in turn; all of them are met by the one that is loaded.
/// </summary>
internal sealed class EventMark(TimeProvider time) : IDisposable
{
    /// <summary>What the runtime is to tell for it: assemblies that are asked for. Few are, once an application runs.</summary>
    public const EventKeywords Keyword = (EventKeywords)0x4;

    public const int EventId = 290; // AssemblyLoadStart

    private const int Versions = 8; // few, for the runtime keeps them
    private const int NamePosition = 1;

    private static readonly Assembly s_assembly = typeof(EventMark).Assembly;
    private static readonly string s_name = s_assembly.GetName().Name!;

    private readonly ManualResetEventSlim _heard = new();
    private int _version;
    private int _thread;
    private string _sign = "";
    private long _heardDay;

    /// <summary>Makes a mark and waits for it. To be called by one thread at a time.</summary>
    /// <param name="limit">How long to wait.</param>
    /// <returns>When it was made and what time it bears; null when it was not heard.</returns>
    public MarkTimes? Make(TimeSpan limit)
    {
        _version = (_version % Versions) + 1;
        _heard.Reset();
        Volatile.Write(ref _sign, $"{s_name}, Version=0.0.0.{_version}, ");
        Volatile.Write(ref _thread, CurrentThread.Id);
        var from = time.Nanoseconds;
        try
        {
            _ = (AssemblyLoadContext.GetLoadContext(s_assembly) ?? AssemblyLoadContext.Default).LoadFromAssemblyName(new AssemblyName(s_name) { Version = new Version(0, 0, 0, _version) });
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            // A host with rules of its own for what is loaded. The event may have come all the same.
        }

        var to = time.Nanoseconds;
        var heard = _heard.Wait(limit);
        Volatile.Write(ref _thread, 0);
        return heard ? new MarkTimes(from, to, new DateTime(Volatile.Read(ref _heardDay), DateTimeKind.Utc)) : null;
    }

    /// <summary>An event of <see cref="EventId"/> came.</summary>
    public void Hear(EventWrittenEventArgs heard)
    {
        if (heard.OSThreadId == Volatile.Read(ref _thread) && heard.Payload?[NamePosition] is string name && name.StartsWith(Volatile.Read(ref _sign), StringComparison.Ordinal))
        {
            Volatile.Write(ref _heardDay, heard.TimeStamp.Ticks);
            _heard.Set(); // harmless once disposed
        }
    }

    public void Dispose() => _heard.Dispose();
}

/// <summary>A mark that was heard.</summary>
/// <param name="From">It was made then or later: ns of the clock of samples.</param>
/// <param name="To">It was made then or before.</param>
/// <param name="Day">The time that its event bears.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MarkTimes(long From, long To, DateTime Day);
