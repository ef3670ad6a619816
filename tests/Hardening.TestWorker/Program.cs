using Hardening.TestWorker;

switch (args)
{
    case ["owner", .. var rest] when OwnerArguments.TryParse(rest, out var arguments):
        return await new Owner(arguments).RunAsync();
    default:
        await Console.Error.WriteLineAsync(OwnerArguments.Usage);
        return 64;
}
