using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Hardening.Camera;
using Hardening.Camera.Recording;

namespace Inspection.CommandLine;

/// <summary>The command line: its options, their ranges, and one line for whatever is wrong.</summary>
internal sealed class InspectionCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1); // of a recording that waits for the inspection

    private readonly Argument<InspectionMode> _mode = new("mode")
    {
        Description = "legacy: the original's design; hardened: the frame pipeline; compare (default): one after the other.",
        HelpName = "legacy|hardened|compare",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<CameraKind> _source = Option("--source", "synthetic|aravis", "Embedded cameras (default), or GigE Vision cameras on the network.", result => Values.Choice<CameraKind>(result, "--source", "synthetic or aravis"));
    private readonly Option<int> _cameras = Option("--cameras", "N", "How many synthetic cameras, 1 to 16; default 5. With --source aravis: how many to simulate.", result => Values.Whole(result, "--cameras", 1, 16));
    private readonly Option<IPAddress[]> _addresses = Option("--address", "IP", "The address of a GigE Vision camera; may be given several times. Without it, all cameras that are found.", Values.Addresses);
    private readonly Option<int> _seconds = Option("--seconds", "N", "How long each server runs, 1 to 3600; default 20.", result => Values.Whole(result, "--seconds", 1, 3600));
    private readonly Option<double> _fps = Option("--fps", "N", "Frames per second of each camera, 1 to 1000; default 30.", result => Values.Number(result, "--fps", 1, 1000));
    private readonly Option<(int Width, int Height)> _size = Option("--size", "WxH", "Width and height, 64 to 4096 each; default 1280x1024.", result => Values.Size(result, "--size", 64, 4096));
    private readonly Option<PixelFormat> _format = Option("--pixel-format", "Mono8", "The pixel format of the cameras; the inspection takes Mono8.", result => Values.Format(result, "--pixel-format"));
    private readonly Option<int> _workers = Option("--workers", "N", "Threads, or processes, that inspect (hardened), 1 to 64; default: one per core, but no more than cameras.", result => Values.Whole(result, "--workers", 1, 64));
    private readonly Option<LanePolicy> _lane = Option("--lane", "latest|drop-oldest:N|drop-newest:N|block:N", "The hand-off before the inspection (hardened), N from 1 to 64 frames per camera; default drop-oldest:4.", result => Values.Lane(result, "--lane", 64));
    private readonly Option<string> _json = Option("--json", "FILE", "Also writes the figures to this file.", result => result.Tokens[0].Value);
    private readonly Option<string> _stalls = Option("--stalls", "DIR", "Where reports of stalls are written, in a directory for each server; default: stalls, beside the program.", result => Values.Folder(result, "--stalls"));
    private readonly Option<bool> _inProcesses = new("--in-processes") { Description = "Inspect in worker processes in the place of threads (hardened); --workers says in how many." };
    private readonly Option<string> _record = Option("--record", "DIR", "Also records each frame that is inspected (hardened) to this directory, which must be new or empty.", result => Values.Folder(result, "--record"));
    private readonly Option<string> _replay = Option("--replay", "DIR", "Recordings of this directory in the place of cameras, to their end or for --seconds.", result => Values.Folder(result, "--replay"));
    private readonly Option<RecordingPace> _pace = Option("--pace", "recorded|fast", "How --replay goes: like cameras, as recorded (default); or as fast as frames are inspected, and none is lost (hardened).", Values.Pace);
    private readonly Option<string> _html = Option("--html", "FILE", "Also writes the figures, with charts, as a page for a browser.", result => result.Tokens[0].Value);
    private readonly Option<Uri?> _otlp = new("--otlp")
    {
        Description = "Also sends traces and metrics to a collector (OTLP over HTTP): all, or as OTEL_TRACES_SAMPLER says. Default: OTEL_EXPORTER_OTLP_ENDPOINT, or http://localhost:4318.",
        HelpName = "ENDPOINT",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = Values.Collector,
    };

    private readonly Option<IPEndPoint?> _dashboard = Option("--dashboard", "ADDRESS", $"Serves a live page of the runs on this machine; default http://{DashboardAddress.Default}.", DashboardAddress.Read);

    private readonly RootCommand _root;

    public InspectionCommand()
    {
        _mode.CustomParser = ParseMode;
        _dashboard.Arity = ArgumentArity.ZeroOrOne;
        _root = new RootCommand("Five cameras, each frame inspected, by the original's design and by the hardened one.")
        {
            _mode, _source, _cameras, _addresses, _seconds, _fps, _size, _format, _workers, _lane, _json, _stalls, _inProcesses, _record, _replay, _pace, _html, _otlp, _dashboard,
        };
    }

    /// <summary>Reads the command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="options">What they ask for; null when they are wrong, or ask for help.</param>
    /// <param name="problem">What is wrong and what is allowed, on one line; null when they ask for help, which was given.</param>
    public bool TryParse(string[] args, [NotNullWhen(true)] out InspectionOptions? options, out string? problem)
    {
        (options, problem) = (null, null);
        var result = _root.Parse(args);
        if (result.Action is not null && result.Errors.Count == 0)
        {
            result.Invoke(); // help or version
            return false;
        }

        problem = Problem(result);
        options = problem is null ? Read(result) : null;
        return options is not null;
    }

    private string? Problem(ParseResult result)
    {
        if (result.UnmatchedTokens is [var unknown, ..])
        {
            return unknown.StartsWith('-') ? UnknownOption(unknown) : $"unexpected '{unknown}'; one mode is allowed: legacy, hardened or compare";
        }

        if (result.Errors is [var error, ..])
        {
            return error.Message.ReplaceLineEndings(" ").TrimEnd('.');
        }

        var hasCameras = result.GetResult(_cameras) is not null;
        var hasAddresses = result.GetResult(_addresses) is not null;
        return ProblemOfRecordings(result) ?? Get(result, _source, CameraKind.Synthetic) switch
        {
            CameraKind.Aravis when hasCameras && hasAddresses => "--cameras simulates GigE Vision cameras, and --address names some that are there: give one of the two, or none for all that are found",
            CameraKind.Synthetic when hasAddresses => "--address is for --source aravis; with --source synthetic give --cameras 1 to 16",
            _ when Mode(result) == InspectionMode.Legacy && Given(result, _workers, _lane) is { } unused => $"{unused} is for hardened and compare; legacy has a thread per frame and no lane",
            _ when Mode(result) == InspectionMode.Legacy && Given(result, _inProcesses, _record, _otlp) is { } unused => $"{unused} is for hardened and compare; legacy inspects in threads, and neither records nor tells anything",
            CameraKind.Aravis when hasCameras && Given(result, _otlp) is not null => "--otlp is not for simulated cameras: they run in a network of their own, from which no collector can be reached",
            _ when result.GetValue(_inProcesses) && !OperatingSystem.IsLinux() => "--in-processes needs Linux: worker processes are owned by a supervisor, which there is for Linux alone",
            CameraKind.Aravis when hasCameras && result.GetResult(_dashboard) is not null => "--dashboard cannot be seen from outside of the network that --source aravis --cameras makes for its simulated cameras; take --source synthetic, or the --address of cameras that are there",
            _ when Get(result, _format, PixelFormat.Mono8) is var format and not PixelFormat.Mono8 => $"the inspection cannot take pixel format '{format}'; allowed is Mono8",
            _ when Get<string?>(result, _html!, null) is { } html && Get<string?>(result, _json!, null) is { } json && Path.GetFullPath(html) == Path.GetFullPath(json) =>
                $"--html and --json must be two files, but both are '{html}'",
            _ => null,
        };
    }

    private string? ProblemOfRecordings(ParseResult result) => result.GetResult(_replay) is null
        ? Given(result, _pace) is null ? null : "--pace is for --replay"
        : Given(result, _source, _cameras, _addresses, _fps, _size, _format) is { } unused ? $"{unused} is not for --replay: the recordings say which cameras there are, how large their frames are, and how many come a second"
        : Given(result, _record) is not null ? "--record and --replay exclude each other: what is replayed is recorded already"
        : Get(result, _pace, default) == RecordingPace.AsFastAsPossible && Mode(result) != InspectionMode.Hardened ? "--pace fast is for hardened; legacy has no bound, and would take all recordings into its queue at once"
        : null;

    private InspectionOptions Read(ParseResult result)
    {
        var pace = Get(result, _pace, RecordingPace.AsRecorded);
        var replay = result.GetResult(_replay) is null ? null : new ReplayOptions { Directory = result.GetValue(_replay)!, Pace = pace };
        var source = Get(result, _source, CameraKind.Synthetic);
        var addresses = Get(result, _addresses, []);
        var simulates = source == CameraKind.Aravis && result.GetResult(_cameras) is not null;
        var cameras = replay is not null ? 0 : source == CameraKind.Synthetic || simulates ? Get(result, _cameras, 5) : addresses.Length;
        var (width, height) = Get(result, _size, (1280, 1024));
        return new InspectionOptions
        {
            Mode = Mode(result),
            Source = source,
            Cameras = cameras,
            Simulates = simulates,
            Addresses = addresses,
            Duration = replay is not null && result.GetResult(_seconds) is null ? TimeSpan.MaxValue : TimeSpan.FromSeconds(Get(result, _seconds, 20)),
            FrameRate = Get(result, _fps, 30),
            Width = width,
            Height = height,
            Workers = Get(result, _workers, Math.Max(1, cameras == 0 ? Environment.ProcessorCount : Math.Min(Environment.ProcessorCount, cameras))),
            Lane = Get(result, _lane, pace == RecordingPace.AsRecorded ? LanePolicy.DropOldest(4) : LanePolicy.Block(4, Patience)),
            JsonPath = Get<string?>(result, _json!, null),
            StallDirectory = Get(result, _stalls, Path.Combine(AppContext.BaseDirectory, "stalls")),
            InProcesses = result.GetValue(_inProcesses),
            RecordDirectory = Get<string?>(result, _record!, null),
            Replay = replay,
            HtmlPath = Get<string?>(result, _html!, null),
            Collector = Get(result, _otlp, null),
            Dashboard = result.GetResult(_dashboard) is null ? null : result.GetValue(_dashboard) ?? DashboardAddress.Default,
        };
    }

    private InspectionMode Mode(ParseResult result) => result.GetResult(_mode) is { Tokens.Count: > 0 } ? result.GetValue(_mode) : InspectionMode.Compare;

    // What is no option that is known ends up here, if no mode has come before.
    private InspectionMode ParseMode(ArgumentResult result)
    {
        if (result.Tokens is [{ Value: ['-', ..] unknown }, ..])
        {
            result.AddError(UnknownOption(unknown));
            return default;
        }

        return Values.Choice<InspectionMode>(result, "the mode", "legacy, hardened or compare");
    }

    private string UnknownOption(string option) =>
        $"unknown option '{option}'; allowed are {string.Join(", ", _root.Options.Select(known => known.Name).Where(name => name.StartsWith("--", StringComparison.Ordinal)))}";

    /// <summary>The name of the first of these options that was given.</summary>
    private static string? Given(ParseResult result, params IEnumerable<Option> options) =>
        options.FirstOrDefault(option => result.GetResult(option) is { Implicit: false })?.Name;

    // No default value factories: help would show the defaults as the types print themselves.
    private static T Get<T>(ParseResult result, Option<T> option, T fallback) => result.GetResult(option) is null ? fallback : result.GetValue(option)!;

    private static Option<T> Option<T>(string name, string value, string description, Func<ArgumentResult, T> parse) =>
        new(name) { Description = description, HelpName = value, CustomParser = parse };
}
