using Hardening.Stalls;
using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Watching;

/// <summary>A pathology from when it was first seen on. Times are ns of the samples' clock.</summary>
internal sealed class Episode(Pathology first, long start, long end)
{
    public PathologyKind Kind => Worst.Kind;

    public long Start { get; } = start;

    public long End { get; private set; } = end;

    /// <summary>How long it was seen, its gaps left out: ns.</summary>
    public long Lasted { get; private set; } = end - start;

    /// <summary>As it was at its worst.</summary>
    public Pathology Worst { get; private set; } = first;

    /// <summary>What was measured then.</summary>
    public StallWindow? Window { get; set; }

    /// <summary>When it was first seen; set once, for reports are known by it.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>That of its report.</summary>
    public int Number { get; set; }

    public StallReport? Report { get; set; }

    /// <returns>Whether it is as bad as before or worse.</returns>
    public bool Note(Pathology now, long from, long at)
    {
        Lasted += at - Math.Max(from, End);
        End = at;
        if (now.Weight * now.Confidence < Worst.Weight * Worst.Confidence)
        {
            return false;
        }

        Worst = now;
        return true;
    }
}

/// <summary>Keeps what ailed the process, and for how long: one entry of each kind.</summary>
internal sealed class EpisodeBook
{
    private readonly Dictionary<PathologyKind, Episode> _episodes = [];

    /// <summary>The worst first.</summary>
    public IReadOnlyList<Episode> All => [.. _episodes.Values.OrderByDescending(episode => episode.Worst.Weight * episode.Worst.Confidence * episode.Lasted)];

    /// <summary>Takes what was found in a part of the time.</summary>
    /// <returns>Those that are new, or as bad as before or worse.</returns>
    public IReadOnlyList<Episode> Note(IReadOnlyList<Pathology> found, long from, long to)
    {
        var news = new List<Episode>();
        foreach (var pathology in found)
        {
            if (!_episodes.TryGetValue(pathology.Kind, out var episode))
            {
                _episodes.Add(pathology.Kind, episode = new Episode(pathology, from, to));
                news.Add(episode);
            }
            else if (episode.Note(pathology, from, to))
            {
                news.Add(episode);
            }
        }

        return news;
    }
}
