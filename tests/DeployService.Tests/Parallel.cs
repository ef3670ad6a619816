// They wait most of the time, for processes of their own.
[assembly: Parallelizable(ParallelScope.Fixtures)]
