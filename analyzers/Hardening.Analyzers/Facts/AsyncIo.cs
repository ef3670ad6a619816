using System.Collections.Concurrent;

namespace Hardening.Analyzers.Facts;

/// <summary>Which calls give a task that waits for the network, a disk, a database or another process.</summary>
internal sealed class AsyncIo(CallGraph graph, TaskTypes tasks)
{
    // Calls of calls; what is further down is rarely meant.
    private const int MostCalls = 4;

    private static readonly string[] Namespaces =
    [
        "System.IO", "System.IO.Pipes", "System.Net", "System.Data", "Microsoft.Data", "Microsoft.EntityFrameworkCore", "Dapper", "Npgsql", "MySqlConnector", "MySql.Data", "Oracle.ManagedDataAccess",
        "MongoDB.Driver", "Azure", "Microsoft.Azure", "Amazon", "Google.Cloud", "Google.Apis", "Minio", "MailKit", "RabbitMQ.Client", "Confluent.Kafka", "Elastic", "Nest", "Renci.SshNet", "Refit", "RestSharp", "Flurl.Http",
    ];

    // By the number of calls that may still be followed.
    private readonly ConcurrentDictionary<IMethodSymbol, string>[] _known =
        [.. Enumerable.Range(0, MostCalls).Select(_ => new ConcurrentDictionary<IMethodSymbol, string>(SymbolEqualityComparer.Default))];

    /// <summary>As a message names it, with the path through this compilation: <c>LoadAsync → HttpClient.GetAsync</c>. Null where no I/O is seen, or where it waits for its turn.</summary>
    public string? Find(IOperation operation) => Find(operation, MostCalls);

    /// <summary>The first I/O that a function starts, if it does not limit itself.</summary>
    public string? FindIn(IOperation function) => FindIn(function, MostCalls);

    private string? FindIn(IOperation function, int calls)
    {
        if (function is IMethodReferenceOperation { Method: var method })
        {
            return Named(method);
        }

        string? found = null;
        foreach (var operation in Bodies.Operations(function))
        {
            if (Throttles.IsLimit(operation))
            {
                return null;
            }

            found ??= Find(operation, calls);
        }

        return found;
    }

    private string? Find(IOperation operation, int calls)
    {
        if (operation is not IInvocationOperation { TargetMethod: var method } call || !IsAwaitable(method.ReturnType))
        {
            return null;
        }

        if (Named(method) is { } name)
        {
            return IsInMemory(call.Instance?.Type) ? null : name;
        }

        if (tasks.StartsOnPool(method))
        {
            return call.Arguments.Select(argument => Bodies.Of(argument.Value, graph)).FirstOrDefault(body => body is not null) is { } body && calls > 0 ? FindIn(body, calls - 1) : null;
        }

        if (calls == 0 || graph.TargetOf(call) is not { } target)
        {
            return null;
        }

        var path = _known[calls - 1].GetOrAdd(target, callee => Bodies.Of(callee, graph) is { } body && FindIn(body, calls - 1) is { } inner ? $"{Names.Of(callee)} → {inner}" : "");
        return path.Length > 0 ? path : null;
    }

    // To end what is open is no load.
    private static string? Named(IMethodSymbol method) =>
        method.Name.EndsWith("Async", StringComparison.Ordinal)
        && method.Name is not ("DisposeAsync" or "CloseAsync" or "StopAsync" or "FlushAsync" or "DisconnectAsync" or "CompleteAsync")
        && !IsInMemory(method.ContainingType)
        && !IsHere(method)
        && IsOfIo(method.ContainingType)
            ? $"{method.ContainingType.Name}.{method.Name}"
            : null;

    private static bool IsHere(IMethodSymbol method) => !method.OriginalDefinition.DeclaringSyntaxReferences.IsEmpty;

    private static bool IsOfIo(INamedTypeSymbol type)
    {
        if (type is { Name: "Process", ContainingNamespace.Name: "Diagnostics" })
        {
            return true;
        }

        var name = type.ContainingNamespace.ToDisplayString();
        return Namespaces.Any(io => name == io || io != "System.IO" && name.StartsWith(io, StringComparison.Ordinal) && name.Length > io.Length && name[io.Length] == '.');
    }

    private static bool IsInMemory(ITypeSymbol? type) => type is { Name: "MemoryStream" or "StringReader" or "StringWriter" or "BufferedStream", ContainingNamespace.Name: "IO" };

    private static bool IsAwaitable(ITypeSymbol type) => type.Name is "Task" or "ValueTask";
}
