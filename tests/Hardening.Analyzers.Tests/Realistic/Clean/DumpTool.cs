using System.Diagnostics;
using System.IO.Compression;

if (args is not [var database, var folder, ..])
{
    Console.Error.WriteLine("usage: dump <database> <folder>");
    return 64;
}

using var stop = new CancellationTokenSource(TimeSpan.FromHours(2));
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

var target = Path.Combine(folder, $"{database}-{DateTime.UtcNow:yyyyMMdd}.sql.gz");
var partial = target + ".part";
try
{
    await DumpAsync(database, partial, stop.Token);
    File.Move(partial, target, overwrite: true);
    Console.WriteLine(target);
    return 0;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("cancelled");
    return 130;
}
catch (IOException failure)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}
finally
{
    File.Delete(partial);
}

static async Task DumpAsync(string database, string file, CancellationToken token)
{
    var info = new ProcessStartInfo("pg_dump", ["--no-owner", "--dbname", database])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
    using var dump = Process.Start(info) ?? throw new IOException("pg_dump did not start.");
    try
    {
        var errors = dump.StandardError.ReadToEndAsync(token);
        await using (var zip = new GZipStream(File.Create(file), CompressionLevel.SmallestSize))
        {
            await dump.StandardOutput.BaseStream.CopyToAsync(zip, token);
        }

        await dump.WaitForExitAsync(token);
        if (dump.ExitCode != 0)
        {
            throw new IOException($"pg_dump ended with {dump.ExitCode}: {await errors}");
        }
    }
    finally
    {
        if (!dump.HasExited)
        {
            dump.Kill(entireProcessTree: true);
            await dump.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        }
    }
}

// === Retention.cs ===
namespace Tools.Dump
{
    /// <summary>Keeps one dump of each month, and all of the last thirty days.</summary>
    public static class Retention
    {
        public static IEnumerable<string> Old(string folder, DateTime today) =>
            Directory.EnumerateFiles(folder, "*.sql.gz")
                .Where(file => File.GetCreationTimeUtc(file) is var made && made < today.AddDays(-30) && made.Day != 1)
                .Order(StringComparer.Ordinal);
    }
}

// === Usings.cs ===
global using System;
global using System.Collections.Generic;
global using System.IO;
global using System.Linq;
global using System.Threading;
global using System.Threading.Tasks;
