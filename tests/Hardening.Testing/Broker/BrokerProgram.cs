namespace Hardening.Testing.Broker;

/// <summary>The program of a RabbitMQ server.</summary>
internal static class BrokerProgram
{
    private const string Required = "HARDENING_REQUIRE_BROKER";

    // Debian's script in PATH insists on a user of its own; the one beside the server does not.
    private static readonly string[] Folders = ["/usr/lib/rabbitmq/bin", .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries), "/opt/rabbitmq/sbin"];

    /// <summary>Its path; null where there is none.</summary>
    public static string? Find() => Folders.Select(folder => Path.Combine(folder, "rabbitmq-server")).FirstOrDefault(File.Exists);

    /// <summary>Its path; leaves the test where there is none.</summary>
    public static string Require()
    {
        if (Find() is { } program)
        {
            return program;
        }

        const string Why = "There is no rabbitmq-server, the broker; it is looked for in /usr/lib/rabbitmq/bin and in PATH. On Debian and Ubuntu: apt-get install rabbitmq-server; its service need not run.";
        if (Environment.GetEnvironmentVariable(Required) == "1")
        {
            Assert.Fail($"{Why} ({Required} is 1.)");
        }

        Assert.Ignore(Why);
        return "";
    }
}
