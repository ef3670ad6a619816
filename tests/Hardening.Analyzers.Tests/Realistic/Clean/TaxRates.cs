using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;

namespace Shop.Taxes;

public sealed record TaxRate(string Country, decimal Percent);

public interface IRateSource
{
    TextReader Open();
}

/// <summary>The tax rates of all countries, read on first use.</summary>
public sealed class TaxRates(IRateSource source)
{
    private readonly Lock _gate = new();
    private volatile FrozenDictionary<string, TaxRate>? _rates;

    public TaxRate? Find(string country) => Rates().GetValueOrDefault(country);

    public decimal Gross(string country, decimal net) => net * (1 + (Find(country)?.Percent ?? 0) / 100);

    public void Reload() => _rates = null;

    private FrozenDictionary<string, TaxRate> Rates()
    {
        if (_rates is { } known)
        {
            return known;
        }

        var parsed = Parse(source);
        lock (_gate)
        {
            return _rates ??= parsed;
        }
    }

    private static FrozenDictionary<string, TaxRate> Parse(IRateSource source)
    {
        var rates = new Dictionary<string, TaxRate>(StringComparer.OrdinalIgnoreCase);
        using var reader = source.Open();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(';');
            if (cells.Length == 2)
            {
                rates[cells[0]] = new TaxRate(cells[0], decimal.Parse(cells[1], CultureInfo.InvariantCulture));
            }
        }

        return rates.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}

public sealed class CurrencySymbols
{
    private static readonly object s_gate = new();
    private static volatile CurrencySymbols? s_instance;

    private readonly Dictionary<string, string> _symbols;

    private CurrencySymbols(Dictionary<string, string> symbols) => _symbols = symbols;

    public static CurrencySymbols Instance
    {
        get
        {
            if (s_instance == null)
            {
                lock (s_gate)
                {
                    if (s_instance == null)
                    {
                        var symbols = new Dictionary<string, string>(StringComparer.Ordinal);
                        foreach (var culture in CultureInfo.GetCultures(CultureTypes.SpecificCultures))
                        {
                            var region = new RegionInfo(culture.Name);
                            symbols[region.ISOCurrencySymbol] = region.CurrencySymbol;
                        }

                        s_instance = new CurrencySymbols(symbols);
                    }
                }
            }

            return s_instance;
        }
    }

    public string Of(string currency) => _symbols.TryGetValue(currency, out var symbol) ? symbol : currency;
}
