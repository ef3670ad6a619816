using System.Diagnostics;
using System.Globalization;
using Hardening.Processes;

namespace Hardening.Testing.Broker;

/// <summary>
/// A RabbitMQ node of a fixture's own, on a port of loopback, with a directory of its own: it meets neither the machine's broker nor that of another run. It can be stopped, killed and started again
/// on the same data. It runs under the supervisor, and so is gone with the test process, however that ends; so is what it has started. No method may run beside another.
/// </summary>
public sealed class TestBroker : IAsyncDisposable
{
    /// <summary>May do everything in every virtual host.</summary>
    public const string User = "hardening";

    /// <summary>That of <see cref="User"/>.</summary>
    public const string Password = "s3cret hardening";

    /// <summary>May log in, and do nothing in any virtual host.</summary>
    public const string Stranger = "stranger";

    /// <summary>That of <see cref="Stranger"/>.</summary>
    public const string StrangerPassword = "s3cret stranger";

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);
    private static int s_brokers;

    private readonly BrokerDirectory _directory;
    private readonly TestBrokerOptions _options;
    private readonly string _program;
    private SupervisedProcess? _process;

    private TestBroker(string program, TestBrokerOptions options)
    {
        (_program, _options) = (program, options);
        Node = string.Create(CultureInfo.InvariantCulture, $"hardening-{Environment.ProcessId}-{Interlocked.Increment(ref s_brokers)}");
        _directory = new BrokerDirectory();
    }

    /// <summary>Whether one is installed here.</summary>
    public static bool IsInstalled => BrokerProgram.Find() is not null;

    /// <summary>Always loopback.</summary>
    public static string Host => "127.0.0.1";

    /// <summary>The port that it listens on, the same after each start.</summary>
    public int Port { get; private set; }

    /// <summary>Its name, which no other broker has.</summary>
    public string Node { get; }

    /// <summary>Whether its process is there.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>The id of its process, which is another one after each start.</summary>
    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("The broker was never started.");

    /// <summary>How <see cref="User"/> reaches the virtual host <c>/</c>.</summary>
    public Uri Uri => UriOf(User, Password);

    /// <summary>Starts a broker, or leaves the test: skipped where none is installed, failed where the environment demands one.</summary>
    public static async Task<TestBroker> StartAsync(CancellationToken timeout, TestBrokerOptions? options = null)
    {
        var broker = new TestBroker(BrokerProgram.Require(), options ?? new TestBrokerOptions());
        try
        {
            await broker.StartFirstAsync(timeout);
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>The address for a user and a virtual host.</summary>
    public Uri UriOf(string user, string password, string virtualHost = "/") =>
        new(string.Create(CultureInfo.InvariantCulture, $"amqp://{Uri.EscapeDataString(user)}:{Uri.EscapeDataString(password)}@{Host}:{Port}/{Uri.EscapeDataString(virtualHost)}"));

    /// <summary>Starts it again on the data that it left. Returns once it takes connections.</summary>
    public async Task StartAgainAsync(CancellationToken timeout)
    {
        if (IsRunning)
        {
            throw new InvalidOperationException("The broker runs.");
        }

        if (!await TryLaunchAsync(timeout))
        {
            Assert.Fail(Describe("did not start again"));
        }
    }

    /// <summary>SIGTERM: it says goodbye to its clients, and keeps what it has to keep.</summary>
    public async Task StopAsync(CancellationToken timeout)
    {
        if (_process is { HasExited: false } process)
        {
            Signals.Send("TERM", process.Id); // to it alone: its helpers end with it, and it takes their loss before for a fault
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(StopLimit, timeout);
        }
    }

    /// <summary>SIGKILL, to it and all that it has started: as a machine that loses its power.</summary>
    public async Task KillAsync(CancellationToken timeout)
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(StopLimit, timeout);
        }
    }

    /// <summary>Stops it, and starts it again.</summary>
    public async Task RestartAsync(CancellationToken timeout)
    {
        await StopAsync(timeout);
        await StartAgainAsync(timeout);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill(); // nobody needs its data any more
            await process.DisposeAsync();
        }

        _directory.Dispose();
    }

    // Between the look at a free port and the broker's own, somebody else can take it.
    private async Task StartFirstAsync(CancellationToken timeout)
    {
        const int Attempts = 4;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            Port = BrokerProbe.FindFreePort();
            _directory.Write(Port, _options);
            if (await TryLaunchAsync(timeout))
            {
                return;
            }
        }

        Assert.Fail(Describe($"did not start on any of {Attempts} ports"));
    }

    private async Task<bool> TryLaunchAsync(CancellationToken timeout)
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        var start = new ProcessStartInfo(_program) { WorkingDirectory = _directory.FullName, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        _directory.SetEnvironment(start.Environment, Node, _options);
        _process = await SupervisedProcess.StartAsync(start, new SupervisionOptions { Name = "rabbitmq", StopGracePeriod = TimeSpan.Zero }, timeout);
        var limit = Stopwatch.StartNew();
        while (!_process.HasExited)
        {
            if (await BrokerProbe.AnswersAsync(Port, Node, timeout))
            {
                return true;
            }

            if (limit.Elapsed > _options.StartLimit)
            {
                Assert.Fail(Describe($"did not take connections within {_options.StartLimit}"));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), timeout);
        }

        return false;
    }

    private string Describe(string what) => $"The broker {Node} {what} (exit: {_process?.Exit?.ToString() ?? "none"}).\n{_directory.ReadLogs()}";
}
