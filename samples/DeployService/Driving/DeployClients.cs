using System.Net;
using System.Net.Http.Headers;

namespace DeployService.Driving;

/// <summary>Clients of a service: some ask at once, each waits for its answer, leaves when it is planned to, and comes again when it is told to.</summary>
/// <param name="service">Where the service is.</param>
/// <param name="time">The clock.</param>
internal sealed class DeployClients(Uri service, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // of a client, for one answer
    private const int MaxAttempts = 50;

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = service, Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose() => _http.Dispose();

    /// <summary>Sends these requests, so many at once, and returns when each has ended.</summary>
    /// <param name="requests">The requests; each is taken when a client is free.</param>
    /// <param name="clients">How many at once.</param>
    /// <param name="tally">Is told how each ends.</param>
    /// <param name="isOver">From then on nobody comes again.</param>
    /// <param name="stop">Ends all.</param>
    public Task SendAsync(IEnumerable<PlannedRequest> requests, int clients, LoadTally tally, Func<bool> isOver, CancellationToken stop) =>
        Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = clients, CancellationToken = stop }, async (request, stopped) =>
        {
            var begin = time.GetTimestamp();
            var (outcome, last) = await SendAsync(request, tally, isOver, stopped).ConfigureAwait(false);
            tally.End(outcome, time.GetElapsedTime(last), time.GetElapsedTime(begin));
        });

    // How it ended, and when its last attempt began.
    private async Task<(RequestOutcome Outcome, long Last)> SendAsync(PlannedRequest request, LoadTally tally, Func<bool> isOver, CancellationToken stop)
    {
        using var leaves = new CancellationTokenSource(request.LeavesAfter ?? Timeout.InfiniteTimeSpan, time);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(leaves.Token, stop);
        var last = time.GetTimestamp();
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                tally.Send();
                last = time.GetTimestamp();
                var (outcome, again) = await AskAsync(request.Release, gone.Token).ConfigureAwait(false);
                if (outcome != RequestOutcome.TurnedAway)
                {
                    return (outcome, last);
                }

                tally.TurnAway(saysWhen: again is not null);
                if (again is null || attempt == MaxAttempts || isOver())
                {
                    return (outcome, last);
                }

                await Task.Delay(again.Value, time, gone.Token).ConfigureAwait(false);
                if (isOver())
                {
                    return (outcome, last);
                }
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            stop.ThrowIfCancellationRequested();
            return (RequestOutcome.Cancelled, last);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return (RequestOutcome.NoAnswer, last);
        }
    }

    private async Task<(RequestOutcome Outcome, TimeSpan? Again)> AskAsync(int release, CancellationToken gone)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(gone, limit.Token);
        using var response = await _http.PostAsync(new Uri($"/deployments?release={release}", UriKind.Relative), content: null, over.Token).ConfigureAwait(false);
        var outcome = response.StatusCode switch
        {
            HttpStatusCode.OK => RequestOutcome.Succeeded,
            HttpStatusCode.GatewayTimeout => RequestOutcome.TimedOut,
            HttpStatusCode.ServiceUnavailable => RequestOutcome.TurnedAway,
            _ => RequestOutcome.Failed,
        };
        return (outcome, RetryAfter(response.Headers.RetryAfter, release));
    }

    // A little later than asked, each release by another time: those that were turned away together do not come back together.
    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, int release) => header?.Delta + TimeSpan.FromMilliseconds(release % 10 * 25);
}
