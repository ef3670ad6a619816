namespace Hardening.Analyzers.Facts;

/// <summary>Which calls work for long without waiting: sort, serialize, compress, encode, hash, image work.</summary>
internal sealed class HeavyWork
{
    /// <summary>As in <see cref="BlockingTable"/>; <c>*</c> is every method of the type.</summary>
    public const string Table = """
        System.Array: Sort
        System.Collections.Generic.List`1: Sort
        System.MemoryExtensions: Sort
        System.Text.Json.JsonSerializer: Serialize SerializeToUtf8Bytes SerializeToDocument SerializeToElement SerializeToNode Deserialize
        System.Text.Json.JsonDocument: Parse
        System.Text.Json.Nodes.JsonNode: Parse
        System.Xml.Serialization.XmlSerializer: Serialize Deserialize
        System.Runtime.Serialization.XmlObjectSerializer: WriteObject ReadObject
        System.Xml.XmlDocument: Load LoadXml Save
        System.Xml.Linq.XDocument: Load Parse Save
        System.Xml.Linq.XElement: Load Parse Save
        System.IO.Compression.GZipStream: Write CopyTo
        System.IO.Compression.DeflateStream: Write CopyTo
        System.IO.Compression.BrotliStream: Write CopyTo
        System.IO.Compression.ZLibStream: Write CopyTo
        System.IO.Compression.ZipFile: CreateFromDirectory ExtractToDirectory
        System.Security.Cryptography.HashAlgorithm: ComputeHash
        System.Security.Cryptography.MD5: HashData
        System.Security.Cryptography.SHA1: HashData
        System.Security.Cryptography.SHA256: HashData
        System.Security.Cryptography.SHA384: HashData
        System.Security.Cryptography.SHA512: HashData
        System.Security.Cryptography.Rfc2898DeriveBytes: GetBytes Pbkdf2
        System.Security.Cryptography.RSA: Encrypt Decrypt SignData SignHash
        Newtonsoft.Json.JsonConvert: SerializeObject DeserializeObject
        Newtonsoft.Json.JsonSerializer: Serialize Deserialize
        System.Drawing.Image: Save FromStream GetThumbnailImage
        OpenCvSharp.Cv2: *
        OpenCvSharp.Mat: ImEncode ToBytes ToMemoryStream WriteToStream CvtColor Resize GaussianBlur Canny Threshold
        Emgu.CV.CvInvoke: *
        """;

    private readonly Dictionary<string, List<INamedTypeSymbol>> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<INamedTypeSymbol> _whole = new(SymbolEqualityComparer.Default);
    private readonly IAssemblySymbol _assembly;

    public HeavyWork(Compilation compilation)
    {
        _assembly = compilation.Assembly;
        foreach (var (typeName, members) in BlockingTable.Read(Table))
        {
            if (compilation.GetTypeByMetadataName(typeName) is not { } type)
            {
                continue;
            }

            foreach (var member in members)
            {
                if (member == "*")
                {
                    _whole.Add(type);
                }
                else if (_byName.TryGetValue(member, out var types))
                {
                    types.Add(type);
                }
                else
                {
                    _byName.Add(member, [type]);
                }
            }
        }
    }

    /// <summary>
    /// The name of the work, as a message gives it: <c>JsonSerializer.Serialize</c>. Null for what is small by its type,
    /// and for work on data where they are kept: that cannot be done elsewhere.
    /// </summary>
    /// <param name="operation">What may be heavy.</param>
    /// <param name="withQueries">Whether a query that sorts counts. Behind calls most are over a handful of elements.</param>
    public string? Find(IOperation operation, bool withQueries)
    {
        if (operation is not IInvocationOperation { TargetMethod: var method } call || SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, _assembly))
        {
            return null;
        }

        return withQueries && IsSortedQuery(call) ? "Enumerable.OrderBy"
            : !IsListed(method) || method.Name == "Sort" && Sorted(call) is IMemberReferenceOperation || call.Arguments.Any(IsSmall) || ReplacesWhatItReads(call) ? null
            : $"{method.ContainingType.Name}.{method.Name}";
    }

    // items.OrderBy(…).Take(9).ToList(): sorted where it is asked for its elements.
    private static bool IsSortedQuery(IInvocationOperation call)
    {
        if (call.TargetMethod is not { Name: "ToList" or "ToArray" or "ToHashSet" or "ToDictionary" or "ToImmutableArray" or "ToImmutableList" })
        {
            return false;
        }

        for (var query = Source(call); query is not null; query = Source(query))
        {
            if (query.TargetMethod is { Name: "OrderBy" or "OrderByDescending" or "Order" or "OrderDescending", ContainingType.Name: "Enumerable" })
            {
                return true;
            }
        }

        return false;

        static IInvocationOperation? Source(IInvocationOperation query) => (query.Instance ?? query.Arguments.FirstOrDefault()?.Value)?.Unwrap() as IInvocationOperation;
    }

    // _hash = SHA256.HashData([.. _hash, .. line]): nothing may come between.
    private static bool ReplacesWhatItReads(IInvocationOperation call) =>
        call.Parent is ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Member: var replaced } }
        && call.Descendants().Any(operation => operation is IMemberReferenceOperation { Member: var read } && SymbolEqualityComparer.Default.Equals(read, replaced));

    private bool IsListed(IMethodSymbol method)
    {
        var declaring = method.ContainingType.OriginalDefinition;
        return _whole.Contains(declaring) || _byName.TryGetValue(method.Name, out var types) && IsAny(declaring, types);
    }

    private static IOperation? Sorted(IInvocationOperation call) => (call.Instance ?? call.Arguments.FirstOrDefault()?.Value)?.Unwrap();

    // The value that is worked on: the first argument.
    private static bool IsSmall(IArgumentOperation argument) =>
        argument.Parameter?.Ordinal == 0
        && argument.Value.Unwrap() is var value
        && (value.ConstantValue.HasValue
            || value.Type is { SpecialType: not (SpecialType.None or SpecialType.System_Object or SpecialType.System_String), IsValueType: true } or { TypeKind: TypeKind.Enum }
            || value.Type is { ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true }, Name: "Guid" or "TimeSpan" or "DateTimeOffset" or "Version" or "Uri" }
            || value is IArrayCreationOperation { Initializer: not null });

    private static bool IsAny(INamedTypeSymbol type, List<INamedTypeSymbol> wanted)
    {
        for (var current = type; current is not null; current = current.BaseType?.OriginalDefinition)
        {
            if (wanted.Contains(current, SymbolEqualityComparer.Default))
            {
                return true;
            }
        }

        return false;
    }
}
