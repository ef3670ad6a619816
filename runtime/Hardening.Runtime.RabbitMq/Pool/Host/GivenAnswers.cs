using Hardening.Pool.Wire;

namespace Hardening.Pool.Host;

/// <summary>What this host has answered a job.</summary>
/// <param name="Answer">The answer, for as long as it is not known whether the broker has it; null once it has.</param>
/// <param name="End">How its delivery ends then.</param>
internal sealed record GivenAnswer(AnswerMessage? Answer, DeliveryEnd End);

/// <summary>Which jobs a host has answered lately. Bounded in number and in bytes: the oldest are forgotten, and done again where they come again. Not safe for several threads.</summary>
internal sealed class GivenAnswers(int capacity)
{
    private const long MaxBytes = 64 << 20;

    private readonly Dictionary<Guid, GivenAnswer> _answers = [];
    private readonly Queue<Guid> _order = new();
    private long _bytes;

    public GivenAnswer? Find(Guid job) => _answers.GetValueOrDefault(job);

    public void Put(Guid job, GivenAnswer answer)
    {
        if (_answers.TryGetValue(job, out var earlier))
        {
            _bytes -= SizeOf(earlier);
        }
        else
        {
            _order.Enqueue(job);
        }

        _answers[job] = answer;
        _bytes += SizeOf(answer);
        while (_order.Count > capacity || (_bytes > MaxBytes && _order.Count > 1))
        {
            if (_answers.Remove(_order.Dequeue(), out var oldest))
            {
                _bytes -= SizeOf(oldest);
            }
        }
    }

    private static long SizeOf(GivenAnswer answer) => answer.Answer?.Body.Length ?? 0;
}
