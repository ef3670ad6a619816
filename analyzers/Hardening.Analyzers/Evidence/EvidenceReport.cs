using System.Globalization;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Evidence;

/// <summary>What a report of a stall says about statements.</summary>
internal sealed class EvidenceReport
{
    // A contribution that is less than this is not what the stall was about.
    private const double MinShare = 0.25;

    private readonly List<EvidenceMention> _mentions = [];
    private readonly Dictionary<string, EvidenceDocument> _documents = new(StringComparer.Ordinal);
    private readonly List<EvidenceStack> _stacks = [];

    private EvidenceReport(JsonValue report)
    {
        Span = report["headline"]?.Span ?? report["id"]?.Span ?? new TextSpan(report.Span.Start, 1);
        Id = report["id"]?.Text ?? "";
        Seconds = Math.Max(0, report["duration"]?.Number ?? 0);
        StartedAt = DateTimeOffset.TryParse(report["startedAt"]?.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : default;
        Cause = report["verdict"]?["cause"]?.Text ?? "unknown";
        Missing = report["missing"]?.Items is { Count: > 0 } missing ? missing[0].Text : null;
    }

    /// <summary>Distinguishes the report from all others; a file may have been copied.</summary>
    public string Id { get; }

    /// <summary>How long the stall lasted.</summary>
    public double Seconds { get; }

    public DateTimeOffset StartedAt { get; }

    /// <summary>The name of the cause, as the format has it.</summary>
    public string Cause { get; }

    /// <summary>What it says that it lacks; null when nothing.</summary>
    public string? Missing { get; }

    /// <summary>Where the report is about all of it.</summary>
    public TextSpan Span { get; }

    public IReadOnlyList<EvidenceMention> Mentions => _mentions;

    /// <summary>Null where it is no object.</summary>
    public static EvidenceReport? Of(JsonValue value)
    {
        if (!value.IsObject)
        {
            return null;
        }

        var report = new EvidenceReport(value);
        report.ReadDocuments(value["documents"]);
        report.ReadStacks(value["stacks"]);
        report.ReadLocks(value["locks"]);
        report.ReadCulprit(value["culprit"]);
        report.ReadOthers(value["verdict"]);
        return report;
    }

    private void ReadDocuments(JsonValue? documents)
    {
        foreach (var document in documents?.Items ?? [])
        {
            if (document["file"]?.Text is { } file && document["algorithm"]?.Text is { } algorithm && document["checksum"]?.Text is { } checksum)
            {
                _documents[file] = new EvidenceDocument(algorithm, checksum.ToLowerInvariant());
            }
        }
    }

    private void ReadStacks(JsonValue? stacks) =>
        _stacks.AddRange((stacks?.Items ?? []).Select(EvidenceStack.Of).OfType<EvidenceStack>());

    private void ReadLocks(JsonValue? locks)
    {
        foreach (var held in locks?.Items ?? [])
        {
            var waiters = Math.Max(1, held["waiters"]?.Integer ?? 1);
            var callee = held["kind"]?.Text == "Monitor" ? "System.Threading.Monitor.Enter" : null;
            Mention(held["waitersAt"], callee, waiters, _ => Cause == "deadlock" ? EvidenceRole.Deadlocked : EvidenceRole.WaitedForLock);
            Mention(held["ownerAt"], null, waiters, _ => EvidenceRole.HeldLock);
        }
    }

    private void ReadCulprit(JsonValue? culprit) =>
        Mention(culprit, Cause == "lockContention" ? "System.Threading.Monitor.Enter" : null, threads: null, kind => EvidenceRoles.OfCulprit(Cause, kind));

    // What many threads did beside the one statement that the stall is put down to.
    private void ReadOthers(JsonValue? verdict)
    {
        var causes = (verdict?["contributions"]?.Items ?? []).Where(other => other["share"]?.Number >= MinShare).Select(other => other["cause"]?.Text).OfType<string>().Append(Cause).Distinct().ToList();
        foreach (var at in _stacks.GroupBy(stack => (stack.Frame.Method, stack.Frame.File, stack.Frame.Line, stack.Callee)))
        {
            var (stack, threads) = (at.First(), at.Sum(same => same.Threads));
            foreach (var role in causes.Select(cause => EvidenceRoles.OfStack(cause, FrameKinds.Of(stack.Callee), stack.Callee is null, stack.IsPool)).OfType<EvidenceRole>())
            {
                // One thread is no crowd, but one is enough to start children.
                if ((threads > 1 || role == EvidenceRole.UsedChildren) && !_mentions.Exists(known => IsAt(known.Place, stack.Frame)))
                {
                    _mentions.Add(new EvidenceMention(Place(stack.Frame, stack.Callee), role, threads, stack.Frame.Span));
                }
            }
        }
    }

    private void Mention(JsonValue? value, string? callee, int? threads, Func<FrameKind, EvidenceRole?> roleOf)
    {
        if (value is null || EvidenceFrame.Of(value) is not { } frame || !FrameKinds.IsApplication(frame.Method, frame.Module))
        {
            return;
        }

        // Stacks tell better than the cause what the statement called; with several, most threads decide.
        var there = _stacks.Where(stack => stack.Frame.Method == frame.Method && stack.Frame.File == frame.File && stack.Frame.Line == frame.Line).ToList();
        callee = there.OrderByDescending(stack => stack.Threads).FirstOrDefault()?.Callee ?? callee;
        if (roleOf(FrameKinds.Of(callee)) is { } role)
        {
            _mentions.Add(new EvidenceMention(Place(frame, callee), role, threads ?? Math.Max(1, there.Sum(stack => stack.Threads)), frame.Span));
        }
    }

    private EvidencePlace Place(EvidenceFrame frame, string? callee) => new(
        frame.Method, frame.Module, frame.File, frame.Line, frame.MethodLine, frame.File is { } file && _documents.TryGetValue(file, out var document) ? document : null, callee);

    private static bool IsAt(EvidencePlace place, EvidenceFrame frame) => place.Method == frame.Method && place.File == frame.File && place.Line == frame.Line;
}
