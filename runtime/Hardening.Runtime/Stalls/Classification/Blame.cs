using System.Runtime.InteropServices;

namespace Hardening.Stalls.Classification;

/// <summary>Whom a wait for a processor is put down to: shares, 1 in all.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Blame(double Own, double Children, double Foreign)
{
    /// <summary>
    /// Half by who had the processors, half by who wanted them. Time alone blames whom a quota keeps busy; numbers alone blame a crowd that wants little, and miss one thread of real-time priority.
    /// </summary>
    public static Blame Of(StallFacts facts)
    {
        var load = facts.Load;
        var own = Math.Max(0, load.Own - (facts.Thread?.Running ?? 0));
        var used = own + load.Children + load.Foreign;
        var wanted = load.Wanting + load.RunnableChildren + load.RunnableForeign;
        if (used <= 0 && wanted <= 0)
        {
            return new Blame(0, 0, 1);
        }

        var blame = used <= 0 ? new Blame(load.Wanting / wanted, load.RunnableChildren / wanted, load.RunnableForeign / wanted)
            : wanted <= 0 ? new Blame(own / used, load.Children / used, load.Foreign / used)
            : new Blame((own / used + load.Wanting / wanted) / 2, (load.Children / used + load.RunnableChildren / wanted) / 2, (load.Foreign / used + load.RunnableForeign / wanted) / 2);

        // Short-lived children are seen by what they used alone: none of them is there at two samples.
        return blame;
    }
}
