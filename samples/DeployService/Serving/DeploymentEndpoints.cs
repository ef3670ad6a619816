namespace DeployService.Serving;

/// <summary>What can be asked of the service over HTTP.</summary>
internal static class DeploymentEndpoints
{
    private const int MaxRelease = 1_000_000;
    private const int RetryAfterSeconds = 1;

    public static void MapDeployments(this WebApplication app)
    {
        app.MapPost("/deployments", DeployAsync);
        app.MapGet("/deployments", (IDeployer deployer, DeploymentCounter counter) => counter.Read(deployer.Running));
        app.MapHealthChecks("/health");
    }

    private static async Task<IResult> DeployAsync(int release, IDeployer deployer, DeploymentCounter counter, HttpContext http)
    {
        if (release is < 1 or > MaxRelease)
        {
            return Results.Problem($"The release must be a number from 1 to {MaxRelease}, but is {release}.", statusCode: StatusCodes.Status400BadRequest);
        }

        counter.Receive();
        var status = DeploymentStatus.Failed; // what an exception is counted as
        try
        {
            var result = await deployer.DeployAsync(release, http.RequestAborted).ConfigureAwait(false);
            status = result.Status;
            return Answer(release, result, http.Response);
        }
        finally
        {
            counter.End(status);
        }
    }

    private static IResult Answer(int release, DeploymentResult result, HttpResponse response)
    {
        switch (result.Status)
        {
            case DeploymentStatus.Succeeded:
                return Results.Text(result.Log);
            case DeploymentStatus.Failed:
                return Results.Problem($"Release {release} was not deployed: the script ended with exit code {result.ExitCode}.");
            case DeploymentStatus.TimedOut:
                return Results.Problem($"Release {release} was not deployed in time.", statusCode: StatusCodes.Status504GatewayTimeout);
            case DeploymentStatus.TurnedAway:
                response.Headers.RetryAfter = $"{RetryAfterSeconds}";
                return Results.Problem($"As many deployments run and wait as may: come again for release {release}.", statusCode: StatusCodes.Status503ServiceUnavailable);
            default:
                return Results.StatusCode(StatusCodes.Status499ClientClosedRequest); // nobody reads it
        }
    }
}
