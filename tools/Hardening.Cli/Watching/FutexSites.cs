namespace Hardening.Cli.Watching;

/// <summary>Addresses that belong to one lock: a condition has two words that are waited at in turn, and the lock of Python has a condition and two locks side by side.</summary>
internal static class FutexSites
{
    /// <summary>Bytes of the whole: rows of locks side by side are not one.</summary>
    public const ulong Extent = 256;

    private const ulong Gap = 64; // bytes from one word to the next

    /// <summary>Puts together what is at one place; what is most comes first.</summary>
    public static IReadOnlyList<IReadOnlyList<T>> Group<T>(IEnumerable<T> items, Func<T, ulong> address)
    {
        var sites = new List<List<T>>();
        var (first, last) = (0UL, 0UL);
        foreach (var item in items.OrderBy(address))
        {
            var at = address(item);
            if (sites.Count == 0 || at - last > Gap || at - first > Extent)
            {
                sites.Add([]);
                first = at;
            }

            sites[^1].Add(item);
            last = at;
        }

        return [.. sites.OrderByDescending(site => site.Count).ThenBy(site => address(site[0]))];
    }
}
