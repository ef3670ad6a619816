using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Games.Scores;

public sealed record Score(string Player, int Points, DateTimeOffset At);

public interface IScoreStore
{
    Task SaveAsync(IReadOnlyList<Score> scores);

    Task<IReadOnlyList<Score>> LoadAsync();
}

/// <summary>The best scores, loaded on first use and saved now and then.</summary>
public sealed class ScoreBoard : IDisposable
{
    private readonly IScoreStore _store;
    private readonly object _gate = new();
    private readonly System.Threading.Timer _saver;
    private List<Score>? _scores;
    private bool _dirty;

    public ScoreBoard(IScoreStore store)
    {
        _store = store;
        _saver = new Timer(async _ => await SaveAsync(), null, 10_000, 10_000); // HRD2009
    }

    public IReadOnlyList<Score> Best(int count)
    {
        lock (_gate)
        {
            return Scores.OrderByDescending(score => score.Points).Take(count).ToList(); // HRD1003, HRD1004
        }
    }

    public void Add(string player, int points)
    {
        lock (_gate)
        {
            Scores.Add(new Score(player, points, DateTimeOffset.UtcNow)); // HRD1003
            _dirty = true;
        }
    }

    public int RankOf(string player)
    {
        List<Score> copy;
        lock (_gate)
        {
            copy = _scores is null ? [] : [.. _scores];
        }

        copy.Sort(static (a, b) => b.Points.CompareTo(a.Points));
        return copy.FindIndex(score => score.Player == player) + 1;
    }

    public void Dispose() => _saver.Dispose();

    private List<Score> Scores => _scores ??= Load();

    private List<Score> Load() => [.. _store.LoadAsync().GetAwaiter().GetResult()]; // HRD2007

    private async Task SaveAsync()
    {
        Score[] scores;
        lock (_gate)
        {
            if (!_dirty || _scores is null)
            {
                return;
            }

            scores = [.. _scores];
            _dirty = false;
        }

        await _store.SaveAsync(scores);
    }
}

public sealed class Tournament(ScoreBoard board)
{
    private static readonly object s_gate = new(); // HRD1007
    private readonly Dictionary<string, int> _rounds = new(StringComparer.Ordinal);

    public int Play(string player, Func<int, int> play)
    {
        int round;
        lock (s_gate)
        {
            _rounds.TryGetValue(player, out round);
            _rounds[player] = ++round;
        }

        var points = play(round);
        board.Add(player, points);
        return points;
    }
}
