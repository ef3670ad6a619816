using Hardening.Pool;
using Hardening.Processes;
using Hardening.TestWorker;
using Hardening.TestWorker.Pool;
using Hardening.TestWorker.Stalls;

switch (args)
{
    case ["owner", .. var rest] when OwnerArguments.TryParse(rest, out var arguments):
        return await new Owner(arguments).RunAsync();
    case ["drill", var level] when Enum.TryParse<Containment>(level, out var containment):
        return await new Drill(containment).RunAsync();
    case ["pool-worker", "echo"]:
        PoolWorker.Run(new EchoHandler());
        return 0;
    case ["pool-worker"]:
        PoolWorker.Run(new ScriptedHandler());
        return 0;
    case ["pool-owner", var marks]:
        return await PoolOwner.RunAsync(marks);
    case ["sampler", "descriptors" or "storm"]:
        return SamplerDrill.Run(args[1]);
    default:
        await Console.Error.WriteLineAsync($"{OwnerArguments.Usage}\n{Drill.Usage}\n{SamplerDrill.Usage}\nusage: pool-worker [echo]; started by a pool");
        return 64;
}
