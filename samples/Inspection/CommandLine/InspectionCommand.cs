using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Hardening.Camera;

namespace Inspection.CommandLine;

/// <summary>The command line: its options, their ranges, and one line for whatever is wrong.</summary>
internal sealed class InspectionCommand
{
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
    private readonly Option<int> _workers = Option("--workers", "N", "Threads that inspect (hardened), 1 to 64; default: one per core, but no more than cameras.", result => Values.Whole(result, "--workers", 1, 64));
    private readonly Option<LanePolicy> _lane = Option("--lane", "latest|drop-oldest:N|drop-newest:N|block:N", "The hand-off before the inspection (hardened), N from 1 to 64 frames per camera; default drop-oldest:4.", result => Values.Lane(result, "--lane", 64));
    private readonly Option<string> _json = Option("--json", "FILE", "Also writes the figures to this file.", result => result.Tokens[0].Value);
    private readonly Option<string> _stalls = Option("--stalls", "DIR", "Where reports of stalls are written, in a directory for each server; default: stalls, beside the program.", result => result.Tokens[0].Value);
    private readonly Option<string> _html = Option("--html", "FILE", "Also writes the figures, with charts, as a page for a browser.", result => result.Tokens[0].Value);
    private readonly RootCommand _root;

    public InspectionCommand()
    {
        _mode.CustomParser = ParseMode;
        _root = new RootCommand("Five cameras, each frame inspected, by the original's design and by the hardened one.")
        {
            _mode, _source, _cameras, _addresses, _seconds, _fps, _size, _format, _workers, _lane, _json, _stalls, _html,
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
        return Get(result, _source, CameraKind.Synthetic) switch
        {
            CameraKind.Aravis when hasCameras && hasAddresses => "--cameras simulates GigE Vision cameras, and --address names some that are there: give one of the two, or none for all that are found",
            CameraKind.Synthetic when hasAddresses => "--address is for --source aravis; with --source synthetic give --cameras 1 to 16",
            _ when Mode(result) == InspectionMode.Legacy && new Option[] { _workers, _lane }.FirstOrDefault(option => result.GetResult(option) is not null) is { } unused =>
                $"{unused.Name} is for hardened and compare; legacy has a thread per frame and no lane",
            _ when Get(result, _format, PixelFormat.Mono8) is var format and not PixelFormat.Mono8 => $"the inspection cannot take pixel format '{format}'; allowed is Mono8",
            _ when Get<string?>(result, _html!, null) is { } html && Get<string?>(result, _json!, null) is { } json && Path.GetFullPath(html) == Path.GetFullPath(json) =>
                $"--html and --json must be two files, but both are '{html}'",
            _ => null,
        };
    }

    private InspectionOptions Read(ParseResult result)
    {
        var source = Get(result, _source, CameraKind.Synthetic);
        var addresses = Get(result, _addresses, []);
        var simulates = source == CameraKind.Aravis && result.GetResult(_cameras) is not null;
        var cameras = source == CameraKind.Synthetic || simulates ? Get(result, _cameras, 5) : addresses.Length;
        var (width, height) = Get(result, _size, (1280, 1024));
        return new InspectionOptions
        {
            Mode = Mode(result),
            Source = source,
            Cameras = cameras,
            Simulates = simulates,
            Addresses = addresses,
            Duration = TimeSpan.FromSeconds(Get(result, _seconds, 20)),
            FrameRate = Get(result, _fps, 30),
            Width = width,
            Height = height,
            Workers = Get(result, _workers, Math.Max(1, cameras == 0 ? Environment.ProcessorCount : Math.Min(Environment.ProcessorCount, cameras))),
            Lane = Get(result, _lane, LanePolicy.DropOldest(4)),
            JsonPath = Get<string?>(result, _json!, null),
            StallDirectory = Path.GetFullPath(Get(result, _stalls, Path.Combine(AppContext.BaseDirectory, "stalls"))),
            HtmlPath = Get<string?>(result, _html!, null),
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

    // No default value factories: help would show the defaults as the types print themselves.
    private static T Get<T>(ParseResult result, Option<T> option, T fallback) => result.GetResult(option) is null ? fallback : result.GetValue(option)!;

    private static Option<T> Option<T>(string name, string value, string description, Func<ArgumentResult, T> parse) =>
        new(name) { Description = description, HelpName = value, CustomParser = parse };
}
