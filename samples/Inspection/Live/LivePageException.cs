using System.Net;

namespace Inspection.Live;

/// <summary>The dashboard cannot be served at an address.</summary>
internal sealed class LivePageException(IPEndPoint endpoint, Exception reason)
    : IOException($"--dashboard must be an address that is free, but http://{endpoint} is not: {Reason(reason)}", reason)
{
    // The server's own message repeats the address.
    private static string Reason(Exception reason) => reason.InnerException?.Message ?? reason.Message;
}
