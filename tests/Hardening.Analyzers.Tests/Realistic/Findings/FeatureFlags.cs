using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;

namespace Shop.Features;

public sealed class FeatureFlags
{
    private static readonly object s_gate = new();
    private static FeatureFlags? s_current;

    private readonly Dictionary<string, bool> _flags = new(StringComparer.OrdinalIgnoreCase);

    private FeatureFlags()
    {
    }

    public static FeatureFlags Current
    {
        get
        {
            if (s_current == null)
            {
                lock (s_gate)
                {
                    s_current = new FeatureFlags(); // HRD1013
                }
            }

            return s_current;
        }
    }

    public bool this[string name] => _flags.TryGetValue(name, out var on) && on;

    public IEnumerable<string> Enabled => _flags.Where(flag => flag.Value).Select(flag => flag.Key);

    internal void Override(string name, bool on) => _flags[name] = on;
}

public static class CountryTable
{
    private static readonly Lock Gate = new();
    private static volatile Dictionary<string, string>? s_names;

    public static string NameOf(string code)
    {
        if (s_names is null)
        {
            lock (Gate)
            {
                if (s_names is null)
                {
                    s_names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase); // HRD1013
                    foreach (var line in Embedded.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                    {
                        var semicolon = line.IndexOf(';');
                        s_names.Add(line[..semicolon], line[(semicolon + 1)..]);
                    }
                }
            }
        }

        return s_names.TryGetValue(code, out var name) ? name : code;
    }

    private const string Embedded = "AT;Austria\nCH;Switzerland\nDE;Germany\nFR;France\nIT;Italy\nNL;Netherlands\n";
}

public sealed class FlagRefresher
{
    private readonly string _path;
    private readonly FeatureFlags _flags;
    private DateTime _seen;

    public FlagRefresher(string path, FeatureFlags flags)
    {
        _path = path;
        _flags = flags;
    }

    public void Start(TimeSpan every)
    {
        _seen = DateTime.MinValue;
        var timer = new Timer(_ => Look(), null, TimeSpan.Zero, every); // HRD2012
    }

    private void Look()
    {
        var written = File.GetLastWriteTimeUtc(_path);
        if (written <= _seen)
        {
            return;
        }

        _seen = written;
        foreach (var line in File.ReadAllLines(_path))
        {
            var parts = line.Split('=', 2);
            if (parts.Length == 2 && bool.TryParse(parts[1], out var on))
            {
                _flags.Override(parts[0], on);
            }
        }
    }
}
