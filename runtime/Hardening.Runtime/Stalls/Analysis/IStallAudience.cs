using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Analysis;

/// <summary>Who is told of stalls: on the analyst's thread. What it throws is its own affair.</summary>
internal interface IStallAudience
{
    void Tell(StallChange change);

    void Publish(StallReport report, StallWindow window);
}
