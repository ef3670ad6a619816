using System.Text.Json.Serialization;

namespace Hardening.Dashboard.State;

/// <summary>How the state looks as JSON. The encoder is the default one, which escapes what HTML or a script could take for its own.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DashboardState))]
[JsonSerializable(typeof(StallState))]
internal sealed partial class DashboardJson : JsonSerializerContext;
