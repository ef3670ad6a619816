using System.Diagnostics.Metrics;

namespace Hardening.Camera;

/// <summary>The end of a pipeline: every sink in turn, on the worker that finished the frame.</summary>
internal sealed class FrameSinkExit(FrameFlow flow, IFrameSink[] sinks, int firstEdge, Histogram<double> age) : IFrameExit
{
    private readonly FailureLog[] _failures = [.. sinks.Select(_ => new FailureLog(flow.Time))];
    private readonly KeyValuePair<string, object?>[][] _tags =
        [.. from ledger in flow.Ledgers from sink in sinks select new KeyValuePair<string, object?>[] { new("hardening.camera.name", ledger.Camera), new("hardening.sink.name", sink.Name) }];

    private readonly FrameStepName[] _spans = [.. sinks.Select(sink => new FrameStepName("sink", sink.Name, flow.Ledgers))];

    public void Pass(int camera, FrameLease lease)
    {
        int? failed = null;
        var reason = FrameDropReason.SinkFailed;
        for (var i = 0; i < sinks.Length; i++)
        {
            var step = flow.Tracing.BeginStep(lease, _spans[i], camera);
            try
            {
                sinks[i].Consume(new Frame(lease), flow.Stop);
                if (age.Enabled)
                {
                    age.Record(Age(lease).TotalSeconds, _tags[(camera * sinks.Length) + i]);
                }
            }
            catch (OperationCanceledException) when (flow.Stop.IsCancellationRequested)
            {
                (failed, reason) = (i, FrameDropReason.Stopping);
            }
            catch (Exception e)
            {
                step.Fail(e);
                if (failed is null)
                {
                    (failed, reason) = (i, (e as FrameDropException)?.Reason ?? FrameDropReason.SinkFailed);
                }

                if (_failures[i].ShouldLog(out var unlogged))
                {
                    flow.Logger.SinkFailed(e, flow.Pipeline, sinks[i].Name, lease.Info.Camera, lease.Info.Sequence, unlogged);
                }
            }
            finally
            {
                step.End();
            }
        }

        if (failed is { } sink)
        {
            flow.Drop(camera, firstEdge + sink, reason, lease);
        }
        else
        {
            var latency = Age(lease);
            var span = flow.Tracing.Take(lease);
            lease.Dispose();
            if (span is not null)
            {
                flow.Tracing.EndProcessed(span);
            }

            flow.Ledgers[camera].Processed(latency);
        }
    }

    public void DisposeSinks()
    {
        foreach (var sink in sinks)
        {
            flow.DisposeOf(sink);
        }
    }

    private TimeSpan Age(FrameLease lease) => flow.Time.GetElapsedTime(lease.Info.HostTimestamp);
}

/// <summary>The way from one stage into the next.</summary>
internal sealed class FrameStageExit(FrameStageRunner next) : IFrameExit
{
    public void Pass(int camera, FrameLease lease) => next.Enqueue(camera, lease);
}
