using Hardening.Dashboard;
using Hardening.Dashboard.Serving;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Serves the dashboard.</summary>
public static class HardeningDashboardEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves the dashboard and its API under a path. It is shown on its own machine only, unless an authorization policy decides: <c>app.MapHardening().RequireAuthorization("ops")</c>. It is read-only.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">The path.</param>
    /// <returns>What all its endpoints share: a policy, a host, limits.</returns>
    /// <exception cref="InvalidOperationException">The host has no dashboard: <c>AddHardeningDashboard</c> was not called.</exception>
    public static IEndpointConventionBuilder MapHardening(this IEndpointRouteBuilder endpoints, string pattern = "/hardening")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var dashboard = endpoints.ServiceProvider.GetService<HardeningDashboard>()
            ?? throw new InvalidOperationException("MapHardening() shows the dashboard of the host, and the host has none: call builder.Services.AddHardeningDashboard() before builder.Build().");
        var group = endpoints.MapGroup(pattern);
        new DashboardEndpoints(dashboard).Map(group);
        return group;
    }
}
