using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Hardening.Interop;
using Hardening.Processes.Supervision;

namespace Hardening.Processes;

/// <summary>What a <see cref="ProcessStartInfo"/> asks for, worked out as <c>Process.Start</c> does on Unix: which file, which arguments, which errors.</summary>
internal static class CommandLine
{
    private const int ENOENT = 2;
    private const int E2BIG = 7;
    private const int ENOEXEC = 8;
    private const int EACCES = 13;

    /// <summary>What the supervisor is to start. Where it captures, output and error are redirected in any case.</summary>
    public static ChildSpecification Resolve(ProcessStartInfo startInfo, SupervisionOptions options, bool captures)
    {
        Check(startInfo, captures);
        var current = Directory.GetCurrentDirectory();
        var directory = string.IsNullOrWhiteSpace(startInfo.WorkingDirectory) ? current : Path.Combine(current, startInfo.WorkingDirectory);
        var path = Find(startInfo.FileName, current) ?? throw NotStarted(startInfo.FileName, directory, ENOENT);
        if (Directory.Exists(path))
        {
            throw new Win32Exception(EACCES, $"'{path}' was not started: it is a directory. FileName must name an executable file.");
        }

        string[] arguments = [startInfo.FileName, .. string.IsNullOrEmpty(startInfo.Arguments) ? startInfo.ArgumentList : (IEnumerable<string>)ArgumentString.Split(startInfo.Arguments)];
        string[] environment = [.. startInfo.Environment.Where(pair => pair.Value is not null).Select(pair => $"{pair.Key}={pair.Value}")];
        RefuseNull(arguments, environment);
        return new ChildSpecification
        {
            Path = Path.Combine(directory, path), // relative only where PATH is, and then to the new working directory
            Arguments = arguments,
            Environment = environment,
            WorkingDirectory = directory,
            GracePeriod = options.StopGracePeriod,
            Limits = options.Limits,
            KeepsDescendants = options.KeepDescendants,
        };
    }

    /// <summary>The error of a start, with what was to be started and what to look at.</summary>
    public static Win32Exception NotStarted(string path, string directory, int error)
    {
        var remedy = error switch
        {
            ENOENT => " The file, the interpreter that its first line names, or the working directory is missing.",
            E2BIG => " Arguments and environment together are too long: hand long input over in a file, or by the standard input.",
            ENOEXEC => " It is no program for this machine; a script needs a first line such as '#!/bin/sh'.",
            EACCES => " This user may not execute it (chmod +x), or may not enter a directory on the way to it.",
            Libc.EMFILE => " The application or its supervisor has as many files open as it may: raise the limit (ulimit -n), or look for what is not closed.",
            Libc.EAGAIN => " As many processes and threads run as may (ulimit -u, or pids.max of the control group): run fewer at once (SupervisionOptions.Gate), or raise the limit.",
            _ => "",
        };
        return new Win32Exception(error, $"'{path}' was not started in '{directory}': {Marshal.GetPInvokeErrorMessage(error)}.{remedy}");
    }

    /// <summary>The first executable file of this name in the directories of PATH.</summary>
    public static string? FindOnPath(string fileName) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, fileName))
            .FirstOrDefault(path => !Directory.Exists(path) && Libc.MayExecute(path));

    private static void Check(ProcessStartInfo startInfo, bool captures)
    {
        if (startInfo.FileName.Length == 0)
        {
            throw new InvalidOperationException("No process was started: FileName is empty.");
        }

        if (startInfo.UseShellExecute)
        {
            throw new InvalidOperationException($"'{startInfo.FileName}' was not started: UseShellExecute hands it to the desktop, which owns what it opens. Set it to false, or open documents with Process.Start.");
        }

        if (!string.IsNullOrEmpty(startInfo.UserName))
        {
            throw new PlatformNotSupportedException($"'{startInfo.FileName}' was not started: the supervisor does not change users. Leave UserName empty and start it through 'setpriv --reuid=… --init-groups' or 'sudo -u'.");
        }

        CheckEncoding(startInfo.StandardInputEncoding is not null && !startInfo.RedirectStandardInput, "StandardInput");
        CheckEncoding(startInfo.StandardOutputEncoding is not null && !startInfo.RedirectStandardOutput && !captures, "StandardOutput");
        CheckEncoding(startInfo.StandardErrorEncoding is not null && !startInfo.RedirectStandardError && !captures, "StandardError");
        if (!string.IsNullOrEmpty(startInfo.Arguments) && startInfo.ArgumentList.Count > 0)
        {
            throw new InvalidOperationException($"'{startInfo.FileName}' was not started: both Arguments and ArgumentList are set. Use one of them; ArgumentList needs no quoting.");
        }

        void CheckEncoding(bool isWrong, string stream)
        {
            if (isWrong)
            {
                throw new InvalidOperationException($"'{startInfo.FileName}' was not started: {stream}Encoding is set, but Redirect{stream} is not. Set both or neither.");
            }
        }
    }

    // C strings end at a null character: what follows would be lost without a word.
    private static void RefuseNull(string[] arguments, string[] environment)
    {
        foreach (var text in arguments.Concat(environment))
        {
            if (text is null || text.Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException($"'{arguments[0]}' was not started: an argument or an environment variable is null or has a null character in it, which no process can be given.");
            }
        }
    }

    private static string? Find(string fileName, string current)
    {
        if (Path.IsPathRooted(fileName))
        {
            return fileName;
        }

        return Path.GetDirectoryName(Environment.ProcessPath) is { } own && Path.Combine(own, fileName) is var beside && File.Exists(beside) ? beside
            : Path.Combine(current, fileName) is var here && File.Exists(here) ? here
            : FindOnPath(fileName);
    }
}
