namespace Hardening.Pool.Mapping;

internal sealed class ContractMapFormat<TRequest, TResult>(JobContract<TRequest, TResult> contract) : MapFormat<TRequest, TResult>
{
    public override ReadOnlyMemory<byte> Write(MapJob job, TRequest request)
    {
        var buffer = job.NewRequest();
        contract.WriteRequest(buffer, request);
        return buffer.WrittenMemory;
    }

    public override TResult Read(ReadOnlySpan<byte> answer) => contract.ReadResult(answer);
}
