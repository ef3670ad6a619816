namespace Hardening.Cli.Diagnosis;

/// <summary>The resource limits of the process that is looked at (getrlimit(2)).</summary>
internal static class ProcessLimits
{
    /// <param name="host">Whose process it is.</param>
    /// <param name="name">As /proc/PID/limits has it, such as <c>Max open files</c>.</param>
    /// <returns>The largest number for no limit.</returns>
    /// <exception cref="CannotTellException">It cannot be read.</exception>
    public static (long Soft, long Hard) Of(Host host, string name)
    {
        foreach (var line in host.Text(host.Process + "/limits").Split('\n'))
        {
            if (line.StartsWith(name + " ", StringComparison.Ordinal)
                && line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, var hard, ..]
                && Value(soft) is { } softValue && Value(hard) is { } hardValue)
            {
                return (softValue, hardValue);
            }
        }

        throw new CannotTellException($"{host.Process}/limits has no '{name}'");
    }

    public static string Text(long limit) => limit == long.MaxValue ? "unlimited" : Quantity.Count(limit);

    private static long? Value(string text) => text == "unlimited" ? long.MaxValue : Host.AsNumber(text);
}
