using Hardening.Processes;
using Hardening.TestWorker;

switch (args)
{
    case ["owner", .. var rest] when OwnerArguments.TryParse(rest, out var arguments):
        return await new Owner(arguments).RunAsync();
    case ["drill", var level] when Enum.TryParse<Containment>(level, out var containment):
        return await new Drill(containment).RunAsync();
    default:
        await Console.Error.WriteLineAsync($"{OwnerArguments.Usage}\n{Drill.Usage}");
        return 64;
}
