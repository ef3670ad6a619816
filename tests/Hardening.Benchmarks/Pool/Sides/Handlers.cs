using System.Buffers.Binary;
using Hardening.Pool;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>Answers with the request. A request of one byte asks how much the worker has allocated.</summary>
internal sealed class EchoHandler : IJobHandler
{
    public void Run(JobContext job)
    {
        if (job.Request.Length == 1)
        {
            Answer.Number(job, GC.GetTotalAllocatedBytes(precise: true));
            return;
        }

        job.Request.CopyTo(job.Result.GetSpan(job.Request.Length));
        job.Result.Advance(job.Request.Length);
    }
}

/// <summary>Reads every byte of the frame.</summary>
internal sealed class ReadingHandler : IJobHandler
{
    public void Run(JobContext job) => Answer.Number(job, Payloads.Sum(job.Frame(0).Pixels));
}

/// <summary>Looks at the frame's first and last byte, so that it is known to be there.</summary>
internal sealed class HandOverHandler : IJobHandler
{
    public void Run(JobContext job) => Answer.Number(job, Payloads.Ends(job.Frame(0).Pixels));
}

/// <summary>Writes its process id into the file that the request names, and then does not return; an empty request is answered at once.</summary>
internal sealed class HangingHandler : IJobHandler
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    public void Run(JobContext job)
    {
        if (job.Request.Length > 0)
        {
            var path = System.Text.Encoding.UTF8.GetString(job.Request);
            File.WriteAllText(path + "~", Environment.ProcessId.ToString(provider: null));
            File.Move(path + "~", path);
            Thread.Sleep(Long);
        }
    }
}

internal static class Answer
{
    public static void Number(JobContext job, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(job.Result.GetSpan(sizeof(long)), number);
        job.Result.Advance(sizeof(long));
    }
}
