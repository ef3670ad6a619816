using System;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Linq;

if (args is not [var database, var folder, .. var options])
{
    Console.Error.WriteLine("usage: dump <database> <folder> [--keep=<days>] [--vacuum]");
    return 2;
}

Directory.CreateDirectory(folder);
var target = Path.Combine(folder, $"{database}-{DateTime.UtcNow:yyyyMMdd-HHmm}.sql.gz");
var exitCode = Dump(database, target);
if (exitCode != 0)
{
    Console.Error.WriteLine($"pg_dump ended with {exitCode}");
    return exitCode;
}

if (options.Contains("--vacuum"))
{
    Vacuum();
}

var keep = options.FirstOrDefault(option => option.StartsWith("--keep=", StringComparison.Ordinal)) is { } text ? int.Parse(text[7..]) : 30;
foreach (var old in Directory.EnumerateFiles(folder, "*.sql.gz").Where(file => File.GetCreationTimeUtc(file) < DateTime.UtcNow.AddDays(-keep)))
{
    File.Delete(old);
}

Console.WriteLine(target);
return 0;

int Dump(string name, string file)
{
    var info = new ProcessStartInfo("pg_dump")
    {
        Arguments = "--no-owner --dbname=" + name, // HRD3012
        RedirectStandardOutput = true,
    };
    using var dump = Process.Start(info)!;
    using (var zip = new GZipStream(File.Create(file), CompressionLevel.SmallestSize))
    {
        dump.StandardOutput.BaseStream.CopyTo(zip);
    }

    if (!dump.WaitForExit(TimeSpan.FromMinutes(1)))
    {
        dump.Kill(entireProcessTree: true);
        return -1;
    }

    return dump.ExitCode;
}

void Vacuum()
{
    using var vacuum = Process.Start("vacuumdb", ["--analyze", database]);
    vacuum.WaitForExit(); // HRD3004
    Console.WriteLine(vacuum.ExitCode == 0 ? "vacuumed" : "not vacuumed");
    Server.Notify($"dump of {database}");
}

internal static class Server
{
    public static void Notify(string what)
    {
        var logger = new Process(); // HRD3001
        logger.StartInfo = new ProcessStartInfo("logger") { ArgumentList = { "-t", "dump", what } };
        logger.Start();
    }

    public static bool IsRunning() => Process.GetProcessesByName("postgres").Any(); // HRD3001

    public static long Size(string folder) => new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);

    public static string Describe(long bytes) => bytes switch
    {
        < 1 << 20 => $"{bytes >> 10} KiB",
        < 1 << 30 => $"{bytes >> 20} MiB",
        _ => $"{bytes >> 30} GiB",
    };
}

// === Usings.cs ===
global using System.Collections.Generic;
