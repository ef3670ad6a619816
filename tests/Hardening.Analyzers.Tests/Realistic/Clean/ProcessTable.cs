using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Linq;

namespace Operations.Overview;

public sealed record ProcessRow(int Id, string Name, long Memory, TimeSpan Cpu);

/// <summary>Looks at the processes of this machine, its own among them; what it opens it closes.</summary>
public static class ProcessTable
{
    public static ProcessRow Own()
    {
        var own = Process.GetCurrentProcess();
        own.Refresh();
        return RowOf(own)!;
    }

    public static bool IsOnlyInstance()
    {
        using var own = Process.GetCurrentProcess();
        var others = Process.GetProcessesByName(own.ProcessName);
        try
        {
            return others.All(other => other.Id == own.Id);
        }
        finally
        {
            foreach (var other in others)
            {
                other.Dispose();
            }
        }
    }

    public static IReadOnlyList<ProcessRow> Largest(int count)
    {
        var rows = new List<ProcessRow>();
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                if (RowOf(process) is { } row)
                {
                    rows.Add(row);
                }
            }
        }

        return [.. rows.OrderByDescending(row => row.Memory).Take(count)];
    }

    public static bool Exists(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public static bool End(int id, TimeSpan patience)
    {
        using var process = Process.GetProcessById(id);
        if (process.CloseMainWindow() && process.WaitForExit(patience))
        {
            return true;
        }

        process.Kill(entireProcessTree: true);
        return process.WaitForExit(patience);
    }

    private static ProcessRow? RowOf(Process process)
    {
        try
        {
            return new ProcessRow(process.Id, process.ProcessName, process.WorkingSet64, process.TotalProcessorTime);
        }
        catch (Exception failure) when (failure is Win32Exception or InvalidOperationException)
        {
            return null;
        }
    }
}
