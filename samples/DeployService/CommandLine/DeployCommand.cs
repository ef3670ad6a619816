using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;

namespace DeployService.CommandLine;

/// <summary>The command line: its options, their ranges, and one line for whatever is wrong.</summary>
internal sealed class DeployCommand
{
    private const string Modes = "legacy, hardened or compare";
    private const string ServeModes = "legacy or hardened";

    private readonly Argument<DriveMode> _mode = new("mode")
    {
        Description = "legacy: the original's design; hardened: supervised processes; compare (default): one after the other.",
        HelpName = "legacy|hardened|compare",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<int> _requests = Option("--requests", "N", "How many deployments are asked for, 1 to 100000; default 1000.", result => Values.Whole(result, "--requests", 1, 100_000));
    private readonly Option<int> _concurrency = Option("--concurrency", "N", "How many clients ask at once, 1 to 256; default 24.", result => Values.Whole(result, "--concurrency", 1, 256));
    private readonly Option<int> _seed = Option("--seed", "N", "Chooses which clients leave before their answer, and when, 0 to 1000000; default 1.", result => Values.Whole(result, "--seed", 0, 1_000_000));
    private readonly Option<int> _maxProcesses = Option("--max-processes", "N", "The load ends early when deployments have more processes than this, 10 to 10000; default 400.", result => Values.Whole(result, "--max-processes", 10, 10_000));
    private readonly Option<string> _json = Option("--json", "FILE", "Also writes the figures to this file.", Values.Text);

    private readonly Argument<ServerKind> _server = new("server") { Description = "Which server.", HelpName = "legacy|hardened" };
    private readonly Option<int> _port = Option("--port", "N", "The port on 127.0.0.1, 0 (any that is free) to 65535; default 5080.", result => Values.Whole(result, "--port", 0, 65_535));
    private readonly Option<int> _places = Option("--places", "N", "How many deployments run at once (hardened), 1 to 1000; default 8.", result => Values.Whole(result, "--places", 1, 1000));
    private readonly Option<int> _queue = Option("--queue", "N", "How many wait for a place (hardened), 0 to 1000; default 8.", result => Values.Whole(result, "--queue", 0, 1000));
    private readonly Option<double> _deadline = Option("--deadline", "SECONDS", "How long a deployment may take, 0.1 to 3600; default 2.", result => Values.Number(result, "--deadline", 0.1, 3600));
    private readonly Option<double> _drain = Option("--drain", "SECONDS", "How long deployments that are under way at SIGTERM may still take, 0.1 to 3600; default 5.", result => Values.Number(result, "--drain", 0.1, 3600));
    private readonly Command _serve;
    private readonly RootCommand _root;

    public DeployCommand()
    {
        _mode.CustomParser = result => IsOption(result, _root!) ? default : Values.Choice<DriveMode>(result, "the mode", $"{Modes}, or 'serve'");
        _server.CustomParser = result => IsOption(result, _serve!) ? default : Values.Choice<ServerKind>(result, "the server", ServeModes);
        _serve = new Command("serve", "Runs the service alone: POST /deployments?release=17, GET /deployments, GET /health.") { _server, _port, _places, _queue, _deadline, _drain };
        _root = new RootCommand("A service that runs a deployment script for each request, by the original's design and by the hardened one, under load and through restarts.")
        {
            _mode, _requests, _concurrency, _seed, _maxProcesses, _json, _serve,
        };
        _root.SetAction(static _ => 0); // one without an action must be given a command; this one is never invoked
    }

    private enum DriveMode
    {
        Compare,
        Legacy,
        Hardened,
    }

    /// <summary>Reads the command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="options">What they ask for; null when they are wrong, or ask for help.</param>
    /// <param name="problem">What is wrong and what is allowed, on one line; null when they ask for help, which was given.</param>
    public bool TryParse(string[] args, [NotNullWhen(true)] out DeployOptions? options, out string? problem)
    {
        (options, problem) = (null, null);
        var result = _root.Parse(args);
        if (result.Action is { } action && action != _root.Action && result.Errors.Count == 0)
        {
            result.Invoke(); // help or version
            return false;
        }

        problem = Problem(result);
        options = problem is not null ? null : Serves(result) ? ReadServe(result) : ReadDrive(result);
        return options is not null;
    }

    private bool Serves(ParseResult result) => result.CommandResult.Command == _serve;

    private string? Problem(ParseResult result)
    {
        if (result.UnmatchedTokens is [var unknown, ..])
        {
            return unknown.StartsWith('-') ? UnknownOption(unknown, result.CommandResult.Command)
                : $"unexpected '{unknown}'; allowed is one of {(Serves(result) ? ServeModes : Modes)}";
        }

        if (result.Errors is [var error, ..])
        {
            return error.Message.ReplaceLineEndings(" ").TrimEnd('.');
        }

        return Serves(result) && result.GetValue(_server) == ServerKind.Legacy && new Option[] { _places, _queue }.FirstOrDefault(option => result.GetResult(option) is not null) is { } unused
            ? $"{unused.Name} is for hardened; legacy runs as many as are asked for"
            : null;
    }

    private ServeOptions ReadServe(ParseResult result)
    {
        var defaults = new ServeOptions { Server = result.GetValue(_server) };
        return defaults with
        {
            Port = Get(result, _port, defaults.Port),
            Places = Get(result, _places, defaults.Places),
            Queue = Get(result, _queue, defaults.Queue),
            Deadline = TimeSpan.FromSeconds(Get(result, _deadline, defaults.Deadline.TotalSeconds)),
            Drain = TimeSpan.FromSeconds(Get(result, _drain, defaults.Drain.TotalSeconds)),
        };
    }

    private DriveOptions ReadDrive(ParseResult result) => new()
    {
        Servers = (result.GetResult(_mode) is { Tokens.Count: > 0 } ? result.GetValue(_mode) : DriveMode.Compare) switch
        {
            DriveMode.Legacy => [ServerKind.Legacy],
            DriveMode.Hardened => [ServerKind.Hardened],
            _ => [ServerKind.Legacy, ServerKind.Hardened],
        },
        Requests = Get(result, _requests, 1000),
        Concurrency = Get(result, _concurrency, 24),
        Seed = Get(result, _seed, 1),
        MaxProcesses = Get(result, _maxProcesses, 400),
        JsonPath = Get<string?>(result, _json!, null),
    };

    // What is no option that is known ends up here, if no mode has come before.
    private static bool IsOption(ArgumentResult result, Command command)
    {
        if (result.Tokens is not [{ Value: ['-', ..] unknown }, ..])
        {
            return false;
        }

        result.AddError(UnknownOption(unknown, command));
        return true;
    }

    private static string UnknownOption(string option, Command command) =>
        $"unknown option '{option}'; allowed are {string.Join(", ", command.Options.Select(known => known.Name).Where(name => name.StartsWith("--", StringComparison.Ordinal)))}";

    // No default value factories: help would show the defaults as the types print themselves.
    private static T Get<T>(ParseResult result, Option<T> option, T fallback) => result.GetResult(option) is null ? fallback : result.GetValue(option)!;

    private static Option<T> Option<T>(string name, string value, string description, Func<ArgumentResult, T> parse) =>
        new(name) { Description = description, HelpName = value, CustomParser = parse };
}
