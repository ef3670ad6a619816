namespace DeployService.Reporting;

/// <summary>What is claimed of the hardened server, and did not come true.</summary>
internal static class Claims
{
    // A client can leave in the moment of its answer, or before it was heard; so many do not.
    private const int ManyLeft = 5;

    /// <summary>One sentence for each claim that failed; none: all hold.</summary>
    /// <param name="report">The figures.</param>
    /// <param name="requests">How many requests were planned.</param>
    public static IEnumerable<string> Broken(ServerReport report, int requests)
    {
        var load = report.Load;
        if (report.EndedEarly is { } reason)
        {
            yield return $"the load ended early: {reason}";
        }
        else if (load.Requests != requests || load.NoAnswer > 0)
        {
            yield return $"each of {requests:N0} requests is answered once or cancelled, but {load.NoAnswer:N0} had no answer and {requests - load.Requests:N0} did not end";
        }

        if (load.WithoutRetryAfter > 0)
        {
            yield return $"each 503 says when to come again, but {load.WithoutRetryAfter:N0} did not";
        }

        var counts = report.Counts;
        var answered = load.Succeeded + load.Failed + load.TimedOut + load.Answers503;
        if (counts.Received != counts.Ended || counts.Ended - counts.Cancelled < answered || counts.Received > load.Attempts)
        {
            yield return $"each request ends in one way, but the service received {counts.Received:N0}, ended {counts.Ended:N0}, and its clients have {answered:N0} answers";
        }

        if (load.Cancelled >= ManyLeft && counts.Cancelled == 0)
        {
            yield return $"a client that leaves ends its deployment, but {load.Cancelled:N0} left and none was ended";
        }

        foreach (var (left, when) in new[] { (report.AfterLoad, "the load"), (report.AfterSigterm, "SIGTERM"), (report.AfterSigkill, "SIGKILL") })
        {
            if (left.Processes > 0)
            {
                yield return $"nothing is left after {when}, but there were {left.Processes:N0} processes";
            }
        }

        if (report.StopSeconds is null)
        {
            yield return "SIGTERM ends the service, but it had to be killed";
        }

        if (!report.WorksAgain)
        {
            yield return "a restart deploys, but the last one did not";
        }
    }
}
