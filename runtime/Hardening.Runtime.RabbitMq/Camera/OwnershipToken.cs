using System.Text;
using RabbitMQ.Client;

namespace Hardening.Camera;

/// <summary>
/// What goes round in a camera's queue. Whoever holds it has the right to run the camera; what it says is for the next one only. It comes from a peer, so any of it may be missing or nonsense.
/// </summary>
/// <param name="Owner">The host that put it there; null from one that only stands in line.</param>
/// <param name="Instance">Which of its lives; null as above.</param>
/// <param name="Term">How often the camera had changed hands.</param>
/// <param name="LastFrame">When its last frame came, by the owner's clock; null when there was none.</param>
/// <param name="IsReleased">The owner has closed the camera.</param>
internal readonly record struct OwnershipToken(string? Owner, string? Instance, long Term, DateTimeOffset? LastFrame, bool IsReleased)
{
    private const string OwnerHeader = "hardening-owner";
    private const string InstanceHeader = "hardening-instance";
    private const string TermHeader = "hardening-term";
    private const string LastFrameHeader = "hardening-last-frame";
    private const string ReleasedHeader = "hardening-released";

    public static OwnershipToken From(IDictionary<string, object?>? headers) => new(
        Text(headers, OwnerHeader),
        Text(headers, InstanceHeader),
        headers?.TryGetValue(TermHeader, out var term) == true && term is long and >= 0 and < long.MaxValue ? (long)term : 0,
        headers?.TryGetValue(LastFrameHeader, out var last) == true && last is long milliseconds ? Moment(milliseconds) : null,
        headers?.TryGetValue(ReleasedHeader, out var released) == true && released is true);

    public BasicProperties ToProperties()
    {
        var headers = new Dictionary<string, object?>(StringComparer.Ordinal) { [TermHeader] = Term, [ReleasedHeader] = IsReleased };
        if (Owner is not null)
        {
            headers[OwnerHeader] = Owner;
            headers[InstanceHeader] = Instance;
        }

        if (LastFrame is { } last)
        {
            headers[LastFrameHeader] = last.ToUnixTimeMilliseconds();
        }

        return new BasicProperties { Persistent = true, Headers = headers };
    }

    // A string goes out as one, and comes in as its bytes.
    private static string? Text(IDictionary<string, object?>? headers, string name) =>
        headers?.TryGetValue(name, out var value) == true && value is byte[] { Length: > 0 and <= 4 * CameraOwnershipOptions.MaxNameLength } bytes ? Encoding.UTF8.GetString(bytes) : null;

    private static DateTimeOffset? Moment(long milliseconds) =>
        milliseconds > 0 && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}
