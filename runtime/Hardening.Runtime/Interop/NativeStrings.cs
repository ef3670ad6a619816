using System.Runtime.InteropServices;
using System.Text;

namespace Hardening.Interop;

/// <summary>Strings that end with 0, one behind the other, in memory that does not move.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly byte* _memory;
    private readonly int[] _starts;

    public NativeStrings(IReadOnlyList<string> strings)
    {
        _starts = new int[strings.Count];
        _memory = (byte*)NativeMemory.Alloc((nuint)strings.Sum(text => Encoding.UTF8.GetByteCount(text) + 1L));
        var at = 0;
        for (var number = 0; number < strings.Count; number++)
        {
            _starts[number] = at;
            at += Encoding.UTF8.GetBytes(strings[number], new Span<byte>(_memory + at, Encoding.UTF8.GetByteCount(strings[number])));
            _memory[at++] = 0;
        }
    }

    /// <summary>Pointers to some of them, and a null pointer behind: as execve(2) wants them.</summary>
    public void CopyTo(byte** pointers, int first, int count)
    {
        for (var number = 0; number < count; number++)
        {
            pointers[number] = _memory + _starts[first + number];
        }

        pointers[count] = null;
    }

    public void Dispose() => NativeMemory.Free(_memory);
}
