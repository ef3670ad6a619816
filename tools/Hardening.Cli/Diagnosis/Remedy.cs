namespace Hardening.Cli.Diagnosis;

/// <summary>The commands that set what is wanted: lines of a shell script, run as root, and comments where no command can do it.</summary>
/// <param name="Now">Sets it until the next start of the system or of the application.</param>
/// <param name="Kept">Keeps it beyond that; null where there is nothing to keep.</param>
internal sealed record Remedy(string Now, string? Kept = null)
{
    public static Remedy Sysctl(string key, long value) =>
        new($"sysctl -w {key}={value}", $"echo '{key} = {value}' > /etc/sysctl.d/90-hardening-{key}.conf");

    /// <param name="path">May have <c>*</c> in it.</param>
    /// <param name="value">Written to each file that it names.</param>
    /// <param name="name">Of the file that keeps it.</param>
    public static Remedy SystemFile(string path, string value, string name) => new(
        $"for file in {path}; do echo {value} > \"$file\"; done",
        $"echo 'w {path} - - - - {value}' > /etc/tmpfiles.d/90-hardening-{name}.conf");

    /// <param name="hardware">The interface's hardware address, by which it is found again under whatever name.</param>
    /// <param name="command">With <c>$name</c> for the interface.</param>
    /// <param name="name">Of the interface now.</param>
    /// <param name="subject">What is set.</param>
    public static Remedy Interface(string hardware, string command, string name, string subject) => new(
        command.Replace("$name", Quoted(name), StringComparison.Ordinal),
        Quoted($"ACTION==\"add\", SUBSYSTEM==\"net\", ATTR{{address}}==\"{hardware}\", RUN+=\"/usr/bin/env {command}\"") is var rule
            ? $"echo {rule} > {Quoted($"/etc/udev/rules.d/90-hardening-{name}-{subject}.rules")}"
            : null);

    /// <param name="process">The process it is set for; null for those that the shell starts.</param>
    /// <param name="letter">Of the shell's <c>ulimit</c>.</param>
    /// <param name="name">As in limits.conf(5) and prlimit(1).</param>
    /// <param name="unit">As in systemd.exec(5).</param>
    /// <param name="value">The limit.</param>
    public static Remedy Limit(int? process, char letter, string name, string unit, string value) => new(
        process is { } id ? $"prlimit --pid {id} --{name}={value}" : $"# in the shell that starts the application: ulimit -{letter} {value}",
        $"printf '* - {name} {value}\\nroot - {name} {value}\\n' > /etc/security/limits.d/90-hardening-{name}.conf # a service of systemd: {unit}={value}");

    /// <summary>What no command of an administrator can do.</summary>
    public static Remedy Advice(string text) => new("# " + text);

    /// <summary>For a shell: what comes from a host is never more than one word.</summary>
    public static string Quoted(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or ':') ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
