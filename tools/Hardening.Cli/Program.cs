using Hardening.Cli;

return await HardenProgram.RunAsync(args, Console.Out, Console.Error, TimeProvider.System);
