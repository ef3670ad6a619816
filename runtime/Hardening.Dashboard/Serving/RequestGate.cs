using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Hardening.Dashboard.Serving;

/// <summary>Who may see the dashboard: whoever an authorization policy lets through; without one, this machine alone.</summary>
internal static class RequestGate
{
    // What proxies add: such a request comes from somewhere else, whatever its address says.
    private static readonly string[] s_proxyHeaders =
        ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Original-For", "X-Original-Host", "X-Original-Proto", "X-Real-IP"];

    /// <summary>Whether the endpoint has a policy, which the authorization middleware has asked by now: it refuses to go on where it is missing.</summary>
    public static bool HasPolicy(HttpContext context) =>
        context.GetEndpoint() is { Metadata: var metadata }
        && (metadata.GetMetadata<IAuthorizeData>() is not null || metadata.GetMetadata<AuthorizationPolicy>() is not null)
        && metadata.GetMetadata<IAllowAnonymous>() is null;

    /// <summary>Why a request is refused; null when it is not.</summary>
    public static string? WhyNot(HttpContext context, bool isPage)
    {
        if (IsFromAnotherPage(context.Request, isPage))
        {
            return "The dashboard answers its own page, and no other one.";
        }

        if (HasPolicy(context))
        {
            return null;
        }

        const string remedy = "To show it to others, give it an authorization policy: app.MapHardening().RequireAuthorization(\"ops\").";
        if (context.Connection.RemoteIpAddress is not { } address || !IPAddress.IsLoopback(address))
        {
            return $"The dashboard is shown on its own machine only. {remedy}";
        }

        if (Array.Exists(s_proxyHeaders, header => !StringValues.IsNullOrEmpty(context.Request.Headers[header])))
        {
            return $"The dashboard is shown on its own machine only, and this request came through a proxy. {remedy}";
        }

        return IsLocalName(context.Request.Host.Host) ? null : $"The dashboard is shown on its own machine only, as http://localhost or http://127.0.0.1. {remedy}";
    }

    // A name that another's DNS leads here (rebinding) has the browser take us for a part of their site.
    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    // Browsers say from where a script or a link asks. A link to the page is all right; a script of another page is not, though it could not read the answer.
    private static bool IsFromAnotherPage(HttpRequest request, bool isPage) =>
        request.Headers["Sec-Fetch-Site"] is [{ } site, ..]
        && site is not ("same-origin" or "none")
        && !(isPage && request.Headers["Sec-Fetch-Mode"] is ["navigate"] && request.Headers["Sec-Fetch-Dest"] is ["document"]);
}
