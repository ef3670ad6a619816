using Hardening.BrokerHost;
using Hardening.BrokerHost.Cameras;

switch (args)
{
    case ["chaos", .. var configuration]:
        return await JobHost.RunAsync(configuration, JobHost.AddChaos);
    case ["measured", var prefetches, .. var configuration] when JobHost.TryParse(prefetches, out var counts):
        return await JobHost.RunAsync(configuration, services => JobHost.AddMeasured(services, counts));
    case ["cameras", .. var configuration]:
        return await CameraHost.RunAsync(configuration);
    default:
        await Console.Error.WriteLineAsync(JobHost.Usage);
        return 64;
}
