using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Hardening.Dashboard.Tests.Browser;

/// <summary>A stall with all that a report can hold, which the page is told of beside those of its server: by one state of its own before the others.</summary>
internal static class RoutedStall
{
    public const string Id = "20261123T060227.908Z-22953-1";

    public const string Headline = "Importer.cs:54: the lock in Importer.Take is held by 'saver' (thread 23154) for 2.5 s; 2 threads wait; 'importer' stood still for 2.5 s";

    // Kept by the page in every state that it is told: an EventSource cannot be routed, so that what it hears is changed where it is heard.
    private const string Script = """
        const stall = STALL;
        const Server = window.EventSource;
        window.EventSource = class extends Server {
          addEventListener(name, handle) {
            super.addEventListener(name, name !== 'state' ? handle : event => {
              const state = JSON.parse(event.data);
              stall.startedAt = new Date(Date.parse(state.time) - 1000).toISOString();
              state.stalls.unshift(stall);
              handle(new MessageEvent('state', { data: JSON.stringify(state) }));
            });
          }
        };
        """;

    /// <summary>To be called before the page is opened.</summary>
    public static async Task AddAsync(IPage page)
    {
        var stall = new JsonObject
        {
            ["id"] = Id, ["startedAt"] = "", ["seconds"] = 2.5, ["isOver"] = true, ["cause"] = "lockContention", ["confidence"] = 0.9,
            ["headline"] = Headline, ["activities"] = new JsonArray("importer"), ["hasReport"] = true,
        };
        await page.AddInitScriptAsync(Script.Replace("STALL", stall.ToJsonString(), StringComparison.Ordinal));
        await page.RouteAsync($"**/api/stalls/{Id}", route => route.FulfillAsync(new() { ContentType = "application/json", Body = Report() }));
    }

    private static string Report() => JsonSerializer.Serialize(new
    {
        format = "hardening.stall-report",
        version = 1,
        report = new
        {
            id = Id,
            startedAt = "2026-11-23T06:02:27.9084155+00:00",
            duration = 2.5,
            detectedAfter = 0.4,
            hasEnded = true,
            headline = Headline,
            activities = new object[] { new { kind = "heartbeat", name = "importer", label = "reading", stallAfter = 0.5, silence = 2.5, hasEnded = true, threadId = 11 } },
            verdict = new
            {
                cause = "lockContention",
                confidence = 0.9,
                contributions = new object[] { new { cause = "foreignLoad", share = 0.4 } },
                shares = new { running = 0.05, waitingForProcessor = 0.0, blocked = 0.95, suspended = 0.0, stopped = 0.0 },
                evidence = new[] { "The importer waited 2.5 s of 2.5 s.", WatchedHost.HostileName },
            },
            culprit = Frame("Importer.Take", "/src/Importer.cs", 54),
            threads = new object[] { new { threadId = 23154, name = "saver", user = 0.1, system = 0.02, running = 0.12, waitingForProcessor = 0.3, waitChannel = "futex_wait" } },
            locks = new object[]
            {
                new
                {
                    kind = "Monitor", address = "0x7f2e758ba4c8", type = "System.Object", ownerThreadId = 23154, ownerName = "saver", ownerAt = Frame("Saver.Hold", "/src/Saver.cs", 44),
                    waiters = 2, waiterThreadIds = new[] { 11, 12 }, waitersAt = Frame("Importer.Take", "/src/Importer.cs", 54),
                },
            },
            stacks = new object[] { new { threadIds = new[] { 11, 12 }, frames = new[] { Frame("System.Threading.Monitor.Enter", null, null), Frame("Importer.Take", "/src/Importer.cs", 54) } } },
            documents = Array.Empty<object>(),
            missing = new[] { WatchedHost.HostileName },
            advice = new object[] { new { text = "Do the heavy work outside of the lock.", rule = "HRD1003", type = "Hardening.Camera.FramePipeline" } },
            subject = new { processId = 22953, name = "Line", host = "line-3", processors = 2, system = "Debian GNU/Linux 12 (bookworm)", runtime = ".NET 10.0.12", version = "0.1.0" },
        },
    });

    private static object Frame(string method, string? file, int? line) => file is null ? new { method } : new { method, module = "Line", file, line, methodLine = line };
}
