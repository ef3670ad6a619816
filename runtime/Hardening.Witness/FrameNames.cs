using Hardening.Witness.Interop;
using Microsoft.Diagnostics.Runtime;

namespace Hardening.Witness;

/// <summary>Which method and which place in its IL a frame is at; kept, for the same frames come again and again.</summary>
internal sealed class FrameNames(CodeMaps maps)
{
    private const int MaxKept = 50_000; // then it begins anew: code that is made and collected has ever new addresses

    private readonly Dictionary<(ulong Method, ulong Address), RawFrame?> _frames = [];
    private readonly Dictionary<ulong, (string? Name, string? Path)> _methods = [];

    /// <param name="method">The method.</param>
    /// <param name="address">Where it is.</param>
    /// <param name="isExact">The address is that of the instruction itself; otherwise that after a call.</param>
    /// <returns>Null for glue of the runtime.</returns>
    public RawFrame? Of(ClrMethod method, ulong address, bool isExact)
    {
        var at = isExact ? address : address - 1;
        if (!_frames.TryGetValue((method.MethodDesc, at), out var frame))
        {
            if (_frames.Count > MaxKept)
            {
                _frames.Clear();
                _methods.Clear();
            }

            _frames.Add((method.MethodDesc, at), frame = Read(method, at));
        }

        return frame;
    }

    private RawFrame? Read(ClrMethod method, ulong at)
    {
        if (!_methods.TryGetValue(method.MethodDesc, out var known))
        {
            _methods.Add(method.MethodDesc, known = (MethodText.Of(method.Type?.Name, method.Name), method.Type?.Module?.Name));
        }

        return known.Name is null ? null : new RawFrame(known.Name, known.Path, method.MetadataToken, maps.IlOffset(at));
    }
}
