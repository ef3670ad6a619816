using System.CommandLine;
using Hardening.Cli.Diagnosis;

namespace Hardening.Cli.Commands;

/// <summary><c>harden doctor</c>.</summary>
internal sealed class DoctorCommand : VerbCommand
{
    private const double MostSeconds = 60;
    private const int MostCameras = 10_000;

    private readonly Option<bool> _fix = new("--fix") { Description = "Prints the commands that set what is wanted, as a shell script. Nothing is run." };
    private readonly Option<string[]> _check = new("--check") { Description = "Only these checks (docs/harden/doctor.md names them all).", AllowMultipleArgumentsPerToken = true, HelpName = "name" };
    private readonly Option<int?> _pid = new("--pid") { Description = "The running process whose limits, threads and settings are looked at. Default: what a program gets that is started from here." };
    private readonly Option<string?> _interface = new("--interface") { Description = "The network interface of the cameras. Default: all that are up and have hardware." };
    private readonly Option<int?> _cameras = new("--cameras") { Description = "How many cameras that interface gets." };
    private readonly Option<long?> _payload = new("--payload") { Description = "The bytes of one frame." };
    private readonly Option<double?> _fps = new("--fps") { Description = "The frames per second of one camera." };
    private readonly Option<double> _for = new("--for") { Description = "The seconds for which counters are watched. Default 1; 0 looks once.", DefaultValueFactory = _ => 1 };

    public DoctorCommand(TimeProvider time)
        : base("doctor", "Checks this host for what costs frames or leaves children.", time)
    {
        Option[] options = [_fix, _check, _pid, _interface, _cameras, _payload, _fps, _for];
        foreach (var option in options)
        {
            Command.Add(option);
        }
    }

    protected override async Task<int> RunAsync(ParseResult arguments, Terminal terminal, CancellationToken stop)
    {
        var checks = Chosen(arguments.GetValue(_check) ?? []);
        var scope = Scope(arguments);
        var seconds = arguments.GetValue(_for);
        if (!(seconds is >= 0 and <= MostSeconds))
        {
            throw CommandFailedException.WrongUse($"--for takes 0 to {MostSeconds:0} seconds");
        }

        if (arguments.GetValue(_fix) && terminal.IsJson)
        {
            throw CommandFailedException.WrongUse("--fix prints a script: leave --json out, which has the commands too");
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new CommandFailedException("the doctor knows Linux hosts only");
        }

        var results = Doctor.Examine(await LiveHost.LookAsync(scope, TimeSpan.FromSeconds(seconds), Time, stop), checks);
        if (arguments.GetValue(_fix))
        {
            terminal.Out.Profile.Out.Writer.Write(FixScript.Of(results));
        }
        else
        {
            DoctorReport.Write(results, terminal.Out);
        }

        if (terminal.IsJson)
        {
            terminal.WriteJson(new { checks = results, summary = DoctorReport.Sum(results) });
        }

        return results.Any(result => result.Verdict == Verdict.Failed) ? ExitCodes.Found : ExitCodes.Clean;
    }

    private static IEnumerable<HostCheck> Chosen(string[] names)
    {
        if (names.FirstOrDefault(name => Doctor.Checks.All(check => check.Name != name)) is { } unknown)
        {
            throw CommandFailedException.WrongUse($"there is no check '{unknown}'; there are {string.Join(", ", Doctor.Checks.Select(check => check.Name))}");
        }

        return names.Length == 0 ? Doctor.Checks : Doctor.Checks.Where(check => names.Contains(check.Name));
    }

    private DoctorScope Scope(ParseResult arguments)
    {
        var (pid, name) = (arguments.GetValue(_pid), arguments.GetValue(_interface));
        if (pid is { } id && (id <= 0 || !Directory.Exists($"/proc/{id}")))
        {
            throw CommandFailedException.WrongUse($"there is no process {id}");
        }

        if (name is not null && NetworkPort.Names(new RootedFiles("/")) is var names && !names.Contains(name))
        {
            throw CommandFailedException.WrongUse($"there is no network interface '{name}'; there are {string.Join(", ", names)}");
        }

        var load = (arguments.GetValue(_cameras), arguments.GetValue(_payload), arguments.GetValue(_fps)) switch
        {
            (null, null, null) => null,
            (var cameras, > 0 and <= 1L << 40 and { } payload, > 0 and <= 1e6 and { } fps) when cameras is null or > 0 and <= MostCameras => new CameraLoad(cameras ?? 1, payload, fps),
            _ => throw CommandFailedException.WrongUse("what cameras send is told by --payload BYTES and --fps N, more than 0 each, and --cameras N where it is more than one"),
        };
        return new DoctorScope { ProcessId = pid, Interface = name, Cameras = load };
    }
}
