using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hardening.Analyzers.Tests.Evidence;

/// <summary>Makes reports of stalls, as docs/runtime/stall-report.md has them.</summary>
internal static class ReportText
{
    public const string Enter = "System.Threading.Monitor.Enter";

    /// <summary>A report whose stall is put down to one statement.</summary>
    public static string Of(string method, int line, string? callee = Enter, string cause = "lockContention", int methodLine = 0, double seconds = 0.9, int threads = 1, string day = "2026-11-22", string id = "1", string? checksum = null) => Make(report =>
    {
        report["id"] = id;
        report["startedAt"] = day + "T20:03:38+00:00";
        report["duration"] = seconds;
        report["verdict"]!["cause"] = cause;
        report["culprit"] = Frame(method, line, methodLine);
        report["stacks"] = new JsonArray(Group(threads, callee is null ? [] : [callee], Frame(method, line, methodLine)));
        if (checksum is not null)
        {
            report["documents"] = new JsonArray(new JsonObject { ["file"] = "/_/src/Test.cs", ["algorithm"] = "SHA256", ["checksum"] = checksum });
        }
    });

    public static string Make(Action<JsonObject> change)
    {
        var report = new JsonObject
        {
            ["id"] = "1",
            ["startedAt"] = "2026-11-22T20:03:38+00:00",
            ["duration"] = 0.9,
            ["headline"] = "something stood still",
            ["verdict"] = new JsonObject { ["cause"] = "lockContention", ["contributions"] = new JsonArray() },
            ["locks"] = new JsonArray(),
            ["stacks"] = new JsonArray(),
            ["missing"] = new JsonArray(),
        };
        change(report);
        return new JsonObject { ["format"] = "hardening.stall-report", ["version"] = 1, ["report"] = report, ["window"] = new JsonObject { ["samples"] = new JsonArray(1, 2, 3) } }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    public static JsonObject Frame(string method, int line = 0, int methodLine = 0, string? module = "Test", string? file = "/_/src/Test.cs")
    {
        var frame = new JsonObject { ["method"] = method };
        Set("module", module);
        Set("file", file);
        Set("line", line > 0 ? line : null);
        Set("methodLine", methodLine > 0 ? methodLine : null);
        return frame;

        void Set(string name, JsonNode? value)
        {
            if (value is not null)
            {
                frame[name] = value;
            }
        }
    }

    public static JsonObject Group(int threads, string[] callees, params JsonObject[] frames) => new()
    {
        ["threadIds"] = new JsonArray([.. Enumerable.Range(100, threads).Select(id => (JsonNode)id)]),
        ["frames"] = new JsonArray([.. callees.Select(callee => (JsonNode)new JsonObject { ["method"] = callee, ["module"] = "System.Private.CoreLib" }), .. frames.Select(frame => frame.DeepClone())]),
    };
}
