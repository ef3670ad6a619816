using Hardening.Dashboard.State;

namespace Hardening.Dashboard.Tests.State;

/// <summary>A state without a host.</summary>
internal static class DashboardStateSample
{
    public static DashboardState Make() => new()
    {
        Time = DateTimeOffset.UnixEpoch,
        Host = new HostState("host", "test", 1, DateTimeOffset.UnixEpoch, 1, "", ""),
        Process = new ProcessState(0, 0, null, 0, 0, 0),
        Cameras = [], Pipelines = [], Pools = [], Supervisor = null, Kept = [], Children = [], Stalls = [],
        Browsers = new BrowsersState(0, 1, 0, 0, 0),
    };
}
