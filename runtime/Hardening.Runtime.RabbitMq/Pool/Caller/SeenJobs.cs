namespace Hardening.Pool.Caller;

/// <summary>Which jobs have ended lately, and by which answer. Bounded: the oldest are forgotten. Not safe for several threads.</summary>
internal sealed class SeenJobs(int capacity)
{
    private readonly Dictionary<Guid, Guid> _answers = [];
    private readonly Queue<Guid> _order = new();

    /// <param name="job">The job that ended.</param>
    /// <param name="answer">Its answer; <see cref="Guid.Empty"/> where it ended without.</param>
    public void Add(Guid job, Guid answer)
    {
        if (!_answers.TryAdd(job, answer))
        {
            return;
        }

        _order.Enqueue(job);
        if (_order.Count > capacity)
        {
            _answers.Remove(_order.Dequeue());
        }
    }

    /// <summary>By which answer the job ended; null where it is not known any more, or never was.</summary>
    public Guid? AnswerOf(Guid job) => _answers.TryGetValue(job, out var answer) ? answer : null;
}
