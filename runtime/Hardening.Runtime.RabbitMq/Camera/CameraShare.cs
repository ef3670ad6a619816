using System.Text;

namespace Hardening.Camera;

/// <summary>How many cameras a host has, and in which order and after what wait it stands in line for more.</summary>
internal sealed class CameraShare(CameraOwnershipOptions options)
{
    private readonly Lock _gate = new();
    private int _owned;

    /// <summary>How many it has.</summary>
    public int Owned
    {
        get
        {
            lock (_gate)
            {
                return _owned;
            }
        }
    }

    /// <summary>Whether it may have one more.</summary>
    public bool HasRoom => options.MaxCameras is not { } most || Owned < most;

    /// <summary>Takes one more, if there is room.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            if (_owned >= (options.MaxCameras ?? int.MaxValue))
            {
                return false;
            }

            _owned++;
            return true;
        }
    }

    /// <summary>Has one less.</summary>
    public void GiveBack()
    {
        lock (_gate)
        {
            _owned--;
        }
    }

    /// <summary>How long it waits before it stands in line for this camera.</summary>
    public TimeSpan Wait(string camera) =>
        options.Preferred.Contains(camera) ? TimeSpan.Zero : options.JoinDelay * (Owned + (options.Preferred.Count > 0 ? 1 : 0));

    /// <summary>Its cameras, those first that it prefers; the others in an order of this host's own, the same each time, so that hosts that start together do not all ask for the same one.</summary>
    public IReadOnlyList<string> InOrder() =>
        [.. options.Preferred.Distinct(StringComparer.Ordinal), .. options.Cameras.Except(options.Preferred, StringComparer.Ordinal).OrderBy(camera => Rank(options.HostName, camera)).ThenBy(camera => camera, StringComparer.Ordinal)];

    // FNV-1a: the same on every host and in every run, which string.GetHashCode is not.
    private static ulong Rank(string host, string camera)
    {
        var hash = 14695981039346656037UL;
        foreach (var octet in Encoding.UTF8.GetBytes($"{host}\0{camera}"))
        {
            hash = unchecked((hash ^ octet) * 1099511628211UL);
        }

        return hash;
    }
}
