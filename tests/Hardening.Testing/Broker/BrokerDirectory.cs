using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Hardening.Testing.Broker;

/// <summary>All files of one broker. Those of runs that were killed before they could delete them go when the next one begins.</summary>
internal sealed class BrokerDirectory : IDisposable
{
    private const string Prefix = "hardening-broker-";
    private const int LogBytes = 8192;

    public BrokerDirectory()
    {
        Sweep();
        var self = ProcessScan.Find(Environment.ProcessId)!;
        FullName = Directory.CreateTempSubdirectory(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{self.Id}-{self.StartTime}-")).FullName;
    }

    public string FullName { get; }

    /// <summary>What it is told: by file, since each question by its command-line tool costs seconds.</summary>
    public void Write(int port, TestBrokerOptions options)
    {
        File.WriteAllText(At("env.conf"), "");
        File.WriteAllText(At("plugins"), "[].");
        File.WriteAllText(At("definitions.json"), Definitions(options));
        File.WriteAllLines(At("rabbitmq.conf"),
        [
            string.Create(CultureInfo.InvariantCulture, $"listeners.tcp.1 = 127.0.0.1:{port}"),
            "loopback_users = none",
            $"load_definitions = {At("definitions.json")}",
            string.Create(CultureInfo.InvariantCulture, $"consumer_timeout = {(long)options.ConsumerTimeout.TotalMilliseconds}"),
            "total_memory_available_override_value = 4GB",
            "disk_free_limit.absolute = 1MB",
            "raft.wal_max_size_bytes = 16777216",
            .. options.Settings,
        ]);
    }

    /// <summary>One scheduler that does not spin, a distribution that listens nowhere and so needs no epmd, and none of the machine's own files.</summary>
    public void SetEnvironment(IDictionary<string, string?> environment, string node, TestBrokerOptions options)
    {
        foreach (var name in environment.Keys.Where(name => name.StartsWith("RABBITMQ_", StringComparison.Ordinal) || name.StartsWith("ERL_", StringComparison.Ordinal)).ToList())
        {
            environment.Remove(name);
        }

        environment["HOME"] = FullName;
        environment["RUNNING_UNDER_SYSTEMD"] = "true"; // the server in place of the script, which would hold it as a child
        environment["RABBITMQ_NODENAME"] = node + "@localhost";
        environment["RABBITMQ_CONF_ENV_FILE"] = At("env.conf");
        environment["RABBITMQ_CONFIG_FILE"] = At("rabbitmq.conf");
        environment["RABBITMQ_ENABLED_PLUGINS_FILE"] = At("plugins");
        environment["RABBITMQ_MNESIA_BASE"] = At("data");
        environment["RABBITMQ_LOG_BASE"] = At("log");
        environment["RABBITMQ_GENERATED_CONFIG_DIR"] = At("config");
        environment["RABBITMQ_SCHEMA_DIR"] = At("schema");
        environment["RABBITMQ_PID_FILE"] = At("pid");
        environment["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = $"-sname {node}@localhost -start_epmd false -dist_listen false -erl_epmd_port 4369 +S 1:1 +SDcpu 1:1 +SDio 2 +sbwt none +sbwtdcpu none +sbwtdio none"
            + string.Create(CultureInfo.InvariantCulture, $" -rabbit channel_tick_interval {(long)options.TickEvery.TotalMilliseconds}");
        environment["ERL_CRASH_DUMP_SECONDS"] = "0";
    }

    /// <summary>The ends of what it logged.</summary>
    public string ReadLogs()
    {
        var text = new StringBuilder();
        foreach (var file in Directory.Exists(At("log")) ? Directory.GetFiles(At("log")) : [])
        {
            var log = File.ReadAllText(file);
            text.Append(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)}: …{log[Math.Max(0, log.Length - LogBytes)..]}\n");
        }

        return text.ToString();
    }

    public void Dispose() => Delete(FullName);

    private static void Sweep()
    {
        foreach (var directory in Directory.GetDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            var parts = Path.GetFileName(directory)[Prefix.Length..].Split('-');
            if (parts.Length == 3 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var id) && long.TryParse(parts[1], CultureInfo.InvariantCulture, out var start)
                && ProcessScan.Find(id)?.StartTime != start)
            {
                Delete(directory);
            }
        }
    }

    private static void Delete(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // another run swept it too
        }
        catch (UnauthorizedAccessException)
        {
            // another user's
        }
    }

    private static string Definitions(TestBrokerOptions options)
    {
        string[] hosts = ["/", .. options.VirtualHosts];
        return JsonSerializer.Serialize(new
        {
            users = new[]
            {
                new { name = TestBroker.User, password = TestBroker.Password, tags = "" },
                new { name = TestBroker.Stranger, password = TestBroker.StrangerPassword, tags = "" },
            },
            vhosts = hosts.Select(name => new { name }),
            permissions = hosts.Select(vhost => new { user = TestBroker.User, vhost, configure = ".*", write = ".*", read = ".*" }),
        });
    }

    private string At(string name) => Path.Combine(FullName, name);
}
