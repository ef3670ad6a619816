using System.Collections;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Tools.RunWith;

/// <summary>
/// run-with file.env program arguments…: starts the program with the variables of a file. It runs in the foreground of this console, gets the
/// same Ctrl+C, and its exit code is ours.
/// </summary>
internal static class RunWithEnvironment
{
    private const int NotStarted = 127;
    private const int Usage = 64;

    private static int Main(string[] args)
    {
        if (args is not [var file, var program, .. var arguments])
        {
            Console.Error.WriteLine("usage: run-with <file> <program> [<argument>…]");
            return Usage;
        }

        var info = new ProcessStartInfo(program) { UseShellExecute = false };
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in Read(file))
        {
            info.Environment[name] = value;
        }

        // The child has the console too, and decides itself what Ctrl+C means.
        Console.CancelKeyPress += static (_, e) => e.Cancel = true;
        try
        {
            using var child = Process.Start(info);
            if (child is null)
            {
                return NotStarted;
            }

            child.WaitForExit();
            return child.ExitCode;
        }
        catch (Win32Exception failure)
        {
            Console.Error.WriteLine($"{program}: {failure.Message}");
            return NotStarted;
        }
    }

    private static IEnumerable<(string Name, string Value)> Read(string file)
    {
        foreach (var line in File.ReadLines(file))
        {
            var text = line.AsSpan().Trim();
            var at = text.IndexOf('=');
            if (text.IsEmpty || text[0] == '#' || at <= 0)
            {
                continue;
            }

            yield return (text[..at].ToString(), Expand(text[(at + 1)..].ToString()));
        }
    }

    private static string Expand(string value)
    {
        var expanded = new StringBuilder(value);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            expanded.Replace($"${{{variable.Key}}}", (string?)variable.Value);
        }

        return expanded.ToString();
    }
}

// === Usings.cs ===
global using System;
global using System.Collections.Generic;
global using System.IO;
