using Hardening.Cli.Diagnosis;

namespace Hardening.Cli.Tests.Diagnosis;

/// <summary>What is expected of the answers of a check.</summary>
internal static class Answers
{
    /// <returns>The only answer.</returns>
    public static Examined One(IReadOnlyList<Examined> answers, Verdict verdict, string found = "")
    {
        Assert.That(answers, Has.Count.EqualTo(1));
        var answer = answers[0];
        Assert.Multiple(() =>
        {
            Assert.That(answer.Verdict, Is.EqualTo(verdict), answer.Found);
            Assert.That(answer.Found, Does.Contain(found));
            Assert.That(answer.Remedy, verdict is Verdict.Failed or Verdict.Warned ? Is.Not.Null : Is.Null);
        });
        return answer;
    }
}
