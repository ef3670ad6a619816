namespace DeployService.Measuring;

/// <summary>What is there when nothing ends any more.</summary>
/// <param name="Processes">How many.</param>
/// <param name="CoresUsed">How many cores they keep busy.</param>
internal sealed record LeftProcesses(int Processes, double CoresUsed)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Still = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Waits until there is none, or until their number has not changed for two seconds; these two are what their use of the cores is measured over.</summary>
    /// <param name="find">Finds them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Gives up.</param>
    public static async Task<LeftProcesses> CountAsync(Func<IReadOnlyList<int>> find, TimeProvider time, CancellationToken stop)
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            var left = find();
            if (left.Count == 0)
            {
                return new LeftProcesses(0, 0);
            }

            var since = time.GetTimestamp();
            var before = RunProcesses.CpuTimes(left);
            var count = left.Count;
            while (count == left.Count && time.GetElapsedTime(since) < Still)
            {
                await Task.Delay(LookEvery, time, stop).ConfigureAwait(false);
                count = find().Count;
            }

            if (count == left.Count || time.GetElapsedTime(begin) > Limit)
            {
                var after = RunProcesses.CpuTimes(before.Keys);
                var used = after.Sum(one => (one.Value - before[one.Key]).TotalSeconds);
                return new LeftProcesses(count, used / time.GetElapsedTime(since).TotalSeconds);
            }
        }
    }
}
