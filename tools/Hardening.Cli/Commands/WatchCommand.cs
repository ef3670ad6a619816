using System.CommandLine;
using System.CommandLine.Parsing;
using Hardening.Cli.Watching;
using Spectre.Console;

namespace Hardening.Cli.Commands;

/// <summary><c>harden watch</c>.</summary>
internal sealed class WatchCommand : VerbCommand
{
    private static readonly TimeSpan s_lineEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(800); // a rate needs some time
    private static readonly TimeSpan s_drawEvery = TimeSpan.FromMilliseconds(500);

    private readonly Argument<string[]> _target = new("process") { Arity = ArgumentArity.ZeroOrMore, Description = "The process, by number or name; or, behind --, a command to start and watch: it is ended with the watch." };
    private readonly Option<TimeSpan?> _for = Span("--for", "How long at most, such as 60s or 5m. Default: until the process ends, or Ctrl+C.");
    private readonly Option<TimeSpan?> _interval = Span("--interval", "The time between two looks. Default 200ms.");
    private readonly Option<TimeSpan?> _stallAfter = Span("--stall-after", "The longest that a thread may stand still. Default 1s.");

    private readonly Option<WatchDetail> _detail = new("--detail")
    {
        Description = "What the watch may do to the process. none: read /proc, nothing else. counters: of .NET, also open a session with its diagnostic port (waits for locks, pauses, thread pool). stacks: of .NET, also take stacks with source lines "
            + "when something is found: it is held still for some tens of milliseconds, at most once in 5 s.",
        HelpName = "none|counters|stacks",
        DefaultValueFactory = _ => WatchDetail.None,
    };

    private readonly Option<string?> _report = new("--report") { Description = "Writes each finding into this directory, as *.hardening.json (harden scan --evidence reads it) and *.hardening.md.", HelpName = "directory" };

    public WatchCommand(TimeProvider time)
        : base("watch", "Looks at a running process from outside: what its threads do, whether it stalls, and why.", time)
    {
        Command.Arguments.Add(_target);
        foreach (var option in (Option[])[_for, _interval, _stallAfter, _detail, _report])
        {
            Command.Options.Add(option);
        }
    }

    protected override async Task<int> RunAsync(ParseResult arguments, Terminal terminal, CancellationToken stop)
    {
        var options = Read(arguments);
        options.Check();
        if (options.Command.Count == 0)
        {
            var result = await WatchAsync(new TargetFinder().Find(options.Target!), options, terminal, stop).ConfigureAwait(false);
            return Tell(result, terminal, terminal.Out);
        }

        await using var command = await WatchedCommand.StartAsync(options.Command, stop).ConfigureAwait(false);
        WatchResult ended;
        try
        {
            ended = await WatchAsync(new TargetFinder().Open(command.Id), options, terminal, stop).ConfigureAwait(false);
        }
        catch (CommandFailedException) when (!stop.IsCancellationRequested)
        {
            var exit = await command.EndAsync().ConfigureAwait(false);
            throw new CommandFailedException($"'{TargetFinder.Plain(options.Command[0])}' {exit} before it could be watched");
        }

        var code = await command.EndAsync().ConfigureAwait(false);
        return Tell(ended with { ExitCode = ended.End == WatchEnd.ProcessEnded ? code.ExitCode : null }, terminal, terminal.IsJson ? terminal.Out : terminal.Error); // its output is the command's
    }

    private static int Tell(WatchResult result, Terminal terminal, IAnsiConsole console)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(result);
        }
        else
        {
            WatchText.Write(result, console);
        }

        return result.HasFindings ? ExitCodes.Found : ExitCodes.Clean;
    }

    private async Task<WatchResult> WatchAsync(WatchTarget target, WatchOptions options, Terminal terminal, CancellationToken stop)
    {
        await using var dotnet = options.Detail != WatchDetail.None && target.Kind.IsDotnet ? await DotnetEye.OpenAsync(target.Id, options.Detail, Time, stop).ConfigureAwait(false) : null;
        using var session = new WatchSession(target, options, Time, dotnet);
        if (!terminal.IsInteractive || terminal.IsJson || options.Command.Count > 0)
        {
            return await session.RunAsync(Limited(s_lineEvery, watched => terminal.Report(WatchView.Line(watched, Picture(watched)))), stop).ConfigureAwait(false);
        }

        WatchResult? result = null;
        await terminal.Out.Live(new Text("")).AutoClear(true).StartAsync(async live =>
            result = await session.RunAsync(Limited(s_drawEvery, watched => live.UpdateTarget(WatchView.Draw(watched, Picture(watched), terminal.Out.Profile.Height))), stop).ConfigureAwait(false)).ConfigureAwait(false);
        return result!;
    }

    private static WatchPicture Picture(WatchSession session) => WatchPicture.Of(session.Elapsed, session.Recent, session.WaitChannels, session.ThreadNames);

    private static Action<WatchSession> Limited(TimeSpan every, Action<WatchSession> show)
    {
        var next = s_first;
        return session =>
        {
            if (session.Elapsed >= next)
            {
                next = session.Elapsed + every;
                show(session);
            }
        };
    }

    // What is behind -- is a command, and what is before it a process.
    private WatchOptions Read(ParseResult arguments)
    {
        var words = arguments.GetValue(_target) ?? [];
        var line = arguments.Tokens.ToList();
        var mark = line.FindIndex(token => token.Type == TokenType.DoubleDash);
        var behind = mark < 0 ? 0 : line.Count - mark - 1;
        var before = words.Length - behind;
        if (before > 1)
        {
            throw CommandFailedException.WrongUse($"One process is watched at a time, and {before} were given: put '--' before a command that is to be started");
        }

        return new WatchOptions
        {
            Target = before == 1 ? words[0] : null,
            Command = [.. words.Skip(before)],
            For = arguments.GetValue(_for),
            Interval = arguments.GetValue(_interval) ?? new WatchOptions().Interval,
            StallAfter = arguments.GetValue(_stallAfter) ?? new WatchOptions().StallAfter,
            Detail = arguments.GetValue(_detail),
            ReportDirectory = arguments.GetValue(_report),
        };
    }

    private static Option<TimeSpan?> Span(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "time",
        CustomParser = result =>
        {
            if (result.Tokens is [var token] && Spans.TryParse(token.Value) is { } span)
            {
                return span;
            }

            result.AddError($"{name} wants a time such as 200ms, 60s or 5m, not '{(result.Tokens is [var wrong, ..] ? wrong.Value : "")}'.");
            return null;
        },
    };
}
