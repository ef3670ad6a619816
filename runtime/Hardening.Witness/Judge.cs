using System.Globalization;
using System.Text.Json;
using Hardening.Stalls.Protocol;

namespace Hardening.Witness;

/// <summary>
/// Notices from outside that no thread of the application runs: nothing is heard of it. Takes stacks once for each such time, and keeps them until it is heard of again. Time is counted in own looks: while the whole machine
/// stands still, so does the judge.
/// </summary>
internal sealed class Judge(int ownerId, WitnessWelcome welcome, Stacks stacks, TimeProvider time)
{
    private TimeSpan _silence;
    private bool _hasLooked;
    private WitnessFreeze? _freeze;

    /// <summary>Nothing was heard for a time.</summary>
    /// <exception cref="TimeoutException">A walk does not come to its end, and holds the application: the witness must end.</exception>
    public void Silent(TimeSpan meanwhile)
    {
        _silence += meanwhile;
        if (welcome.FrozenAfter <= 0 || _hasLooked || _silence.TotalMilliseconds < welcome.FrozenAfter)
        {
            return;
        }

        _hasLooked = true;
        if (ProcessLook.Status(ownerId, "TracerPid") is not ("" or "0"))
        {
            return; // a debugger holds it, and knows
        }

        var state = ProcessLook.State(ownerId);
        var answer = stacks.Look();
        _freeze = new WitnessFreeze((long)_silence.TotalMilliseconds, state, WillPath: null, answer);
        _freeze = _freeze with { WillPath = WriteWill(_freeze) };
    }

    /// <summary>Something was heard.</summary>
    /// <returns>What was seen while nothing was; null when there was no freeze.</returns>
    public WitnessFreeze? Heard()
    {
        var freeze = _freeze is null ? null : _freeze with { Took = (long)_silence.TotalMilliseconds };
        (_silence, _hasLooked, _freeze) = (TimeSpan.Zero, false, null);
        return freeze;
    }

    private string? WriteWill(WitnessFreeze freeze)
    {
        if (welcome.WillDirectory is not { } directory)
        {
            return null;
        }

        var name = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'.'fff'Z'", CultureInfo.InvariantCulture);
        var path = Path.Combine(directory, $"{name}-{ownerId}-frozen.hardening-will.json");
        try
        {
            Directory.CreateDirectory(directory);
            var part = path + ".part"; // a reader finds whole files only
            File.WriteAllBytes(part, JsonSerializer.SerializeToUtf8Bytes(freeze, WitnessJson.Default.WitnessFreeze));
            File.Move(part, path, overwrite: true);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"What was seen while the application was frozen could not be written to {path}: {e.Message}");
            return null;
        }
    }
}
