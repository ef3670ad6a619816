using System.Text.Json.Serialization;
using Hardening.Pool;

namespace Hardening.BrokerHost.Chaos;

/// <summary>How both become bytes.</summary>
public static class ChaosContract
{
    /// <summary>The same for callers, hosts and workers.</summary>
    public static readonly JobContract<ChaosRequest, ChaosResult> Json = JobContract.Json(ChaosJson.Default.ChaosRequest, ChaosJson.Default.ChaosResult);
}

[JsonSerializable(typeof(ChaosRequest)), JsonSerializable(typeof(ChaosResult))]
internal sealed partial class ChaosJson : JsonSerializerContext;
