using System.Reflection;
using Microsoft.Diagnostics.Runtime;
using Microsoft.Diagnostics.Runtime.Utilities;

namespace Hardening.Witness.Interop;

/// <summary>
/// Which place in its IL an address of a method's code has. The runtime compiles a method again once it is called often, and the map that ClrMD has is that of its first code (microsoft/clrmd, issue 1171).
/// This asks what ClrMD asks, the runtime's own library for debuggers (xclrdata.idl), in the way that goes by the address. To be called by one thread at a time, while the process is held.
/// </summary>
internal sealed unsafe class CodeMaps : IDisposable
{
    private const int Unknown = -1;
    private const int Prolog = -2;
    private const int MaxBack = 64; // bytes; between two places there is at most a call and the code around it
    private const int MaxPlaces = 8;

    // The places of the methods in their tables, after the three of IUnknown.
    private const int QueryInterfaceMethods = 3;
    private const int Release = 2;
    private const int StartEnumMethodInstancesByAddress = QueryInterfaceMethods + 24;
    private const int EnumMethodInstanceByAddress = QueryInterfaceMethods + 25;
    private const int EndEnumMethodInstancesByAddress = QueryInterfaceMethods + 26;
    private const int GetILOffsetsByAddress = QueryInterfaceMethods + 9;

    private static readonly Guid s_processInterface = new("5c552ab6-fc09-4cb3-8e36-22fa03c798b7"); // IXCLRDataProcess

    private readonly nint _process;

    /// <exception cref="InvalidOperationException">This version of ClrMD is another one inside.</exception>
    public CodeMaps(ClrRuntime runtime)
    {
        _process = Field(Field(runtime, "_services"), "_process") is CallableCOMWrapper process ? process.QueryInterface(s_processInterface) : 0;
        if (_process == 0)
        {
            throw new InvalidOperationException("The library that reads the runtime does not let itself be asked for places in code.");
        }
    }

    /// <summary>The place that the address belongs to: for what the compiler has put in between, the last before it.</summary>
    /// <returns>An offset in the method's IL; −1 when it is not known.</returns>
    public int IlOffset(ulong address)
    {
        ulong handle;
        if (((delegate* unmanaged[Stdcall]<nint, ulong, nint, ulong*, int>)Table(_process)[StartEnumMethodInstancesByAddress])(_process, address, 0, &handle) != 0)
        {
            return Unknown;
        }

        nint method = 0;
        try
        {
            return ((delegate* unmanaged[Stdcall]<nint, ulong*, nint*, int>)Table(_process)[EnumMethodInstanceByAddress])(_process, &handle, &method) == 0 ? IlOffset(method, address) : Unknown;
        }
        finally
        {
            Free(method);
            _ = ((delegate* unmanaged[Stdcall]<nint, ulong, int>)Table(_process)[EndEnumMethodInstancesByAddress])(_process, handle);
        }
    }

    public void Dispose() => Free(_process);

    private static int IlOffset(nint method, ulong address)
    {
        var places = stackalloc int[MaxPlaces];
        for (var back = 0u; back < MaxBack; back++)
        {
            uint count;
            if (((delegate* unmanaged[Stdcall]<nint, ulong, uint, uint*, int*, int>)Table(method)[GetILOffsetsByAddress])(method, address - back, MaxPlaces, &count, places) < 0)
            {
                return Unknown;
            }

            var found = new ReadOnlySpan<int>(places, (int)Math.Min(count, MaxPlaces));
            if (found.IndexOfAnyInRange(0, int.MaxValue) is var first and >= 0)
            {
                return found[first];
            }

            if (found.Contains(Prolog))
            {
                return 0;
            }
        }

        return Unknown;
    }

    private static void Free(nint instance)
    {
        if (instance != 0)
        {
            _ = ((delegate* unmanaged[Stdcall]<nint, uint>)Table(instance)[Release])(instance);
        }
    }

    private static nint* Table(nint instance) => *(nint**)instance;

    private static object? Field(object? of, string name) => of?.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(of);
}
