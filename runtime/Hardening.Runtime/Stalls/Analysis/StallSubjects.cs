using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Hardening.Stalls.Analysis;

/// <summary>Says what process a report is about.</summary>
internal static class StallSubjects
{
    public static StallSubject Current()
    {
        var program = Assembly.GetEntryAssembly();
        return new StallSubject
        {
            ProcessId = Environment.ProcessId,
            Name = program?.GetName().Name ?? Path.GetFileName(Environment.ProcessPath) ?? "",
            Host = Environment.MachineName,
            Processors = Environment.ProcessorCount,
            System = RuntimeInformation.OSDescription,
            Runtime = RuntimeInformation.FrameworkDescription,
            Version = program?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
        };
    }

    /// <summary>Sorts by time, and is the only one of it in a directory that several processes use.</summary>
    public static string Id(DateTimeOffset startedAt, int processId, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{startedAt.UtcDateTime:yyyyMMdd'T'HHmmss.fff'Z'}-{processId}-{number}");
}
