using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hardening.FaultLab.Running;

internal static class LabJson
{
    public static JsonSerializerOptions Form { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };
}
