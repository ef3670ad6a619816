using System.Globalization;

namespace Hardening.Cli.Diagnosis;

/// <summary>Numbers as people read them.</summary>
internal static class Quantity
{
    private static readonly string[] s_units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    public static string Bytes(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        while (value >= 1024 && unit < s_units.Length - 1)
        {
            (value, unit) = (value / 1024, unit + 1);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {s_units[unit]}");
    }

    public static string Share(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Decimal(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
