using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hardening.Processes;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>This program as one of those who are measured: it runs one of them, and prints its figures as one line of JSON. And as the process at the other end of a floor's line.</summary>
internal sealed class PoolSide
{
    public const string PeerVerb = "pool-peer";

    private const string Verb = "pool-side";

    private readonly Argument<string> _who = new("who");
    private readonly Argument<int> _workers = new("workers");
    private readonly Argument<double> _seconds = new("seconds");
    private readonly Argument<string> _argument = new("argument");
    private readonly Argument<string> _kind = new("kind");
    private readonly Argument<string> _path = new("path");
    private readonly Argument<int> _spins = new("spins");
    private readonly TimeProvider _time;

    public PoolSide(TimeProvider time)
    {
        _time = time;
        var side = new Command(Verb) { _who, _workers, _seconds, _argument };
        side.SetAction(RunAsync);
        var peer = new Command(PeerVerb) { _kind, _path, _spins };
        peer.SetAction(arguments => Floors.Serve(arguments.GetRequiredValue(_kind), arguments.GetRequiredValue(_path), arguments.GetValue(_spins)));
        (side.Hidden, peer.Hidden) = (true, true);
        Commands = [side, peer];
    }

    public IReadOnlyList<Command> Commands { get; }

    /// <summary>The program, and how it is told whom to measure.</summary>
    public static ProcessStartInfo Start(string who, int workers, double seconds, string argument = "") =>
        Program(Verb, who, workers.ToString(CultureInfo.InvariantCulture), seconds.ToString(CultureInfo.InvariantCulture), argument);

    public static ProcessStartInfo Program(params IEnumerable<string> arguments)
    {
        // Started by `dotnet program.dll` or by a host of its own.
        string[] program = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(PoolSide).Assembly.Location] : [];
        return new ProcessStartInfo(Environment.ProcessPath!, [.. program, .. arguments]);
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken stop)
    {
        var settings = new SideSettings(arguments.GetValue(_workers), TimeSpan.FromSeconds(arguments.GetValue(_seconds)), arguments.GetRequiredValue(_argument), stop);
        ProcessTree.Start();
        var measured = await SideCatalog.All[arguments.GetRequiredValue(_who)](new Loops(_time, settings), settings);
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(measured, PoolMeasurement.Form));
        return 0;
    }
}
