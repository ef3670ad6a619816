using Hardening.BrokerHost;

switch (args)
{
    case ["chaos", .. var configuration]:
        return await JobHost.RunAsync(configuration, JobHost.AddChaos);
    case ["measured", var prefetches, .. var configuration] when JobHost.TryParse(prefetches, out var counts):
        return await JobHost.RunAsync(configuration, services => JobHost.AddMeasured(services, counts));
    default:
        await Console.Error.WriteLineAsync(JobHost.Usage);
        return 64;
}
