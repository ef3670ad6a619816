using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Mail.Templates;

public delegate void Fragment(StringBuilder output, IReadOnlyDictionary<string, string> values);

/// <summary>Templates are compiled once and kept.</summary>
public sealed class TemplateCompiler
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Fragment[]> _compiled = new(StringComparer.Ordinal);
    private Dictionary<string, Func<string, string>>? _filters;

    public string Render(string template, IReadOnlyDictionary<string, string> values)
    {
        var fragments = Compiled(template);
        var output = new StringBuilder(template.Length * 2);
        foreach (var fragment in fragments)
        {
            fragment(output, values);
        }

        return output.ToString();
    }

    public string[] RenderAll(string template, IReadOnlyList<IReadOnlyDictionary<string, string>> letters)
    {
        var rendered = new string[letters.Count];
        Parallel.For(0, letters.Count, i => rendered[i] = Render(template, letters[i]));
        return rendered;
    }

    public ValueTask<string> RenderAsync(string template, Func<Task<IReadOnlyDictionary<string, string>>> load)
    {
        var loading = load();
        return loading.IsCompletedSuccessfully
            ? new ValueTask<string>(Render(template, loading.Result))
            : new ValueTask<string>(loading.ContinueWith(loaded => Render(template, loaded.Result), TaskScheduler.Default));
    }

    private Fragment[] Compiled(string template)
    {
        Fragment[]? fragments;
        lock (_gate)
        {
            if (_compiled.TryGetValue(template, out fragments))
            {
                return fragments;
            }
        }

        fragments = Compile(template);
        lock (_gate)
        {
            if (_compiled.TryGetValue(template, out var first))
            {
                return first;
            }

            _compiled.Add(template, fragments);
            return fragments;
        }
    }

    private Fragment[] Compile(string template)
    {
        var fragments = new List<Fragment>();
        var position = 0;
        while (position < template.Length)
        {
            var open = template.IndexOf("{{", position, StringComparison.Ordinal);
            var text = open < 0 ? template[position..] : template[position..open];
            fragments.Add((output, _) => output.Append(text));
            if (open < 0)
            {
                break;
            }

            var end = open + 2;
            while (end < template.Length && template[end] != '}')
            {
                end++;
            }

            var parts = template[(open + 2)..end].Split('|');
            var filter = parts.Length > 1 ? Filter(parts[1].Trim()) : static value => value;
            fragments.Add((output, values) => output.Append(filter(values.GetValueOrDefault(parts[0].Trim(), ""))));
            position = Math.Min(end + 2, template.Length);
        }

        return [.. fragments];
    }

    private Func<string, string> Filter(string name)
    {
        lock (_gate)
        {
            _filters ??= new Dictionary<string, Func<string, string>>(StringComparer.OrdinalIgnoreCase)
            {
                ["upper"] = static value => value.ToUpperInvariant(),
                ["lower"] = static value => value.ToLowerInvariant(),
                ["title"] = static value => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(value),
                ["initials"] = static value => string.Concat(value.Split(' ').Where(word => word.Length > 0).Select(word => word[0])),
            };
            return _filters.TryGetValue(name, out var filter) ? filter : static value => value;
        }
    }
}
