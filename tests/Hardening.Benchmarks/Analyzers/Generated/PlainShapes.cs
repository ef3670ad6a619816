namespace Hardening.Benchmarks.Analyzers.Generated;

/// <summary>What most code is: values, arithmetic, text. The rules have nothing to do here and must cost next to nothing.</summary>
internal static class PlainShapes
{
    public static string Model(Module m) =>
        $$"""
        #nullable enable
        using System;
        using System.Collections.Generic;

        namespace Generated.{{m.Name}}Module;

        public enum {{m.Name}}State
        {
            New,
            Open,
            Waiting,
            Closed,
        }

        /// <summary>What the module is about.</summary>
        public sealed record {{m.Name}}(int Id, string Key)
        {
        {{m.Each(1, 3 + m.Pick(2, 5), (name, i) => $$"""
                public double {{name}} { get; init; } = {{i}}.5;

                public double Scaled{{name}} => {{name}} * {{i + 2}} + Id;

            """)}}
            public {{m.Name}}State State { get; set; }

            public DateTimeOffset Changed { get; set; }

            public bool IsOpen => State is {{m.Name}}State.New or {{m.Name}}State.Open;

            public override string ToString() => $"{Key} ({Id}): {State}";
        }

        public interface I{{m.Name}}Sink
        {
            void Accept({{m.Name}} item);

            bool TryTake(string key, out {{m.Name}}? item);
        }

        /// <summary>Compares by what changed last.</summary>
        public sealed class {{m.Name}}Order : IComparer<{{m.Name}}>
        {
            public int Compare({{m.Name}}? x, {{m.Name}}? y)
            {
                if (x is null || y is null)
                {
                    return x is null ? (y is null ? 0 : -1) : 1;
                }

                var byTime = x.Changed.CompareTo(y.Changed);
                return byTime != 0 ? byTime : x.Id.CompareTo(y.Id);
            }
        }

        """;

    public static string Calculator(Module m) =>
        $$"""
        #nullable enable
        using System;
        using System.Collections.Generic;
        using System.Linq;

        namespace Generated.{{m.Name}}Module;

        /// <summary>Plain arithmetic.</summary>
        public static class {{m.Name}}Calculator
        {
        {{m.Each(3, 2 + m.Pick(4, 4), (name, i) => $$"""
                public static double {{name}}{{i}}(IReadOnlyList<double> values, int window)
                {
                    var sum = 0.0;
                    var best = double.MinValue;
                    for (var i = 0; i < values.Count; i++)
                    {
                        sum += values[i] * (i % {{i + 2}} + 1);
                        if (i >= window)
                        {
                            sum -= values[i - window];
                        }

                        best = Math.Max(best, sum / Math.Min(i + 1, window));
                    }

                    return best switch
                    {
                        < 0 => -Math.Sqrt(-best),
                        > {{(i + 1) * 100}} => Math.Log(best + 1),
                        _ => best,
                    };
                }

            """)}}
            public static Dictionary<string, double> Summarize(IEnumerable<{{m.Name}}> items)
            {
                var result = new Dictionary<string, double>(StringComparer.Ordinal);
                foreach (var group in items.Where(item => item.IsOpen).GroupBy(item => item.Key))
                {
                    var values = group.Select(item => (double)item.Id).OrderBy(value => value).ToList();
                    result[group.Key] = values.Count % 2 == 0 ? values.Average() : values[values.Count / 2];
                }

                return result;
            }

            public static (double Low, double High) Range(ReadOnlySpan<double> values)
            {
                var (low, high) = (double.MaxValue, double.MinValue);
                foreach (var value in values)
                {
                    low = value < low ? value : low;
                    high = value > high ? value : high;
                }

                return (low, high);
            }
        }

        """;

    public static string Reader(Module m) =>
        $$"""
        #nullable enable
        using System;
        using System.Collections.Generic;
        using System.Globalization;
        using System.IO;
        using System.Text;

        namespace Generated.{{m.Name}}Module;

        /// <summary>Reads and writes the text form.</summary>
        public sealed class {{m.Name}}Reader
        {
            private readonly char _separator = '{{";,|\t"[m.Pick(5, 3)]}}';
            private readonly StringBuilder _buffer = new();

            public IEnumerable<{{m.Name}}> ReadAll(TextReader reader)
            {
                var number = 0;
                while (reader.ReadLine() is { } line)
                {
                    number++;
                    if (line.Length == 0 || line[0] == '#')
                    {
                        continue;
                    }

                    yield return Parse(line, number);
                }
            }

            public {{m.Name}} Parse(string line, int number)
            {
                var parts = line.Split(_separator, StringSplitOptions.TrimEntries);
                if (parts.Length < 2 || !int.TryParse(parts[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out var id))
                {
                    throw new FormatException($"line {number}: '{line}' is no {{m.Noun}}");
                }

                var item = new {{m.Name}}(id, parts[1]);
                for (var i = 2; i < parts.Length; i++)
                {
                    Apply(item, parts[i]);
                }

                return item;
            }

            public string Format(IReadOnlyCollection<{{m.Name}}> items)
            {
                _buffer.Clear();
                foreach (var item in items)
                {
                    _buffer.Append(item.Id).Append(_separator).Append(item.Key).Append(_separator);
                    _buffer.AppendFormat(CultureInfo.InvariantCulture, "{0:F3}", item.Scaled{{m.Names(1, 1).First()}});
                    _buffer.AppendLine();
                }

                return _buffer.ToString();
            }

            private static void Apply({{m.Name}} item, string part)
            {
                switch (part)
                {
                    case "open":
                        item.State = {{m.Name}}State.Open;
                        break;
                    case "closed":
                        item.State = {{m.Name}}State.Closed;
                        break;
                    case var text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var changed):
                        item.Changed = changed;
                        break;
                    default:
                        item.State = {{m.Name}}State.Waiting;
                        break;
                }
            }
        }

        """;
}
