namespace Hardening.Runtime.RabbitMq.Tests.Camera;

/// <summary>A camera that several hosts can reach. It notes when two of them have it at once; one that is fenced refuses the second, as GigE Vision does.</summary>
internal sealed class FencedDevice(string name, bool isFenced = false)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _users = [];
    private long _refusals;
    private long _overlaps;

    public string Name => name;

    /// <summary>How often it was opened while another one had it, and was not fenced.</summary>
    public long Overlaps => Interlocked.Read(ref _overlaps);

    /// <summary>How often it refused somebody.</summary>
    public long Refusals => Interlocked.Read(ref _refusals);

    /// <summary>Hosts whose way to it is broken.</summary>
    public string? UnreachableFrom { get; set; }

    /// <summary>Who has it open now.</summary>
    public IReadOnlyList<string> Users
    {
        get
        {
            lock (_gate)
            {
                return [.. _users];
            }
        }
    }

    /// <summary>The way of one host to it.</summary>
    public IFrameSource From(string host) => new Way(this, host);

    private void Take(string host)
    {
        lock (_gate)
        {
            if (host == UnreachableFrom)
            {
                throw new FrameSourceException(name, $"Camera '{name}' cannot be reached from {host}.");
            }

            if (_users.Any(user => user != host))
            {
                if (isFenced)
                {
                    Interlocked.Increment(ref _refusals);
                    throw new FrameSourceException(name, $"Camera '{name}' is in use.");
                }

                Interlocked.Increment(ref _overlaps);
            }

            _users.Add(host);
        }
    }

    private void Leave(string host)
    {
        lock (_gate)
        {
            _users.Remove(host);
        }
    }

    private sealed class Way(FencedDevice device, string host) : IFrameSource
    {
        private readonly SyntheticFrameSource _camera = new(new SyntheticFrameSourceOptions { Name = device.Name, Width = 64, Height = 64, FrameRate = 50 });
        private bool _isOpen;

        public string Name => _camera.Name;

        public int DriverBuffers => _camera.DriverBuffers;

        public FrameFormat Open(FrameSourceContext context, CancellationToken cancellationToken)
        {
            device.Take(host);
            _isOpen = true;
            return _camera.Open(context, cancellationToken);
        }

        public void Start(FramePool pool) => _camera.Start(pool);

        public FrameRead Read(TimeSpan timeout, CancellationToken cancellationToken) => _camera.Read(timeout, cancellationToken);

        public void Stop()
        {
            _camera.Stop();
            if (_isOpen)
            {
                _isOpen = false;
                device.Leave(host);
            }
        }

        public void Dispose()
        {
            Stop();
            _camera.Dispose();
        }
    }
}
