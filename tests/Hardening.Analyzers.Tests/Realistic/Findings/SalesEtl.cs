using System;
using System.Collections.Generic;
using System.Data;
using System.Data.Common;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using System.Threading.Tasks.Dataflow;

namespace Warehouse.Etl;

public sealed record Sale(DateOnly Day, string Shop, string Article, int Quantity, decimal Amount);

/// <summary>Reads the shops' daily files and fills the fact table.</summary>
public sealed class SalesEtl(Func<DbConnection> connect, string inbox)
{
    public async Task<int> RunAsync(CancellationToken token)
    {
        var rows = Channel.CreateUnbounded<Sale>(new UnboundedChannelOptions { SingleReader = true }); // HRD2004
        var reading = Task.Run(() => ReadAll(rows.Writer), token);
        var written = 0;
        await foreach (var sale in rows.Reader.ReadAllAsync(token))
        {
            await InsertAsync(sale, token);
            written++;
        }

        await reading;
        return written;
    }

    public async Task RebuildAsync(IEnumerable<string> files, CancellationToken token)
    {
        var parse = new TransformManyBlock<string, Sale>(Parse, new ExecutionDataflowBlockOptions { BoundedCapacity = 4, MaxDegreeOfParallelism = 2 });
        var insert = new ActionBlock<Sale>(sale => InsertAsync(sale, token)); // HRD2004
        parse.LinkTo(insert, new DataflowLinkOptions { PropagateCompletion = true });
        foreach (var file in files)
        {
            await parse.SendAsync(file, token);
        }

        parse.Complete();
        await insert.Completion;
    }

    public void Verify(IReadOnlyList<string> shops)
    {
        Parallel.ForEach(shops, CheckShop); // HRD2005
    }

    private void ReadAll(ChannelWriter<Sale> writer)
    {
        foreach (var file in Directory.EnumerateFiles(inbox, "*.csv"))
        {
            foreach (var sale in Parse(file))
            {
                writer.TryWrite(sale);
            }
        }

        writer.Complete();
    }

    private static IEnumerable<Sale> Parse(string file) =>
        from line in File.ReadLines(file).Skip(1)
        let cells = line.Split(';')
        where cells.Length == 5
        select new Sale(
            DateOnly.Parse(cells[0], CultureInfo.InvariantCulture), cells[1], cells[2],
            int.Parse(cells[3], CultureInfo.InvariantCulture), decimal.Parse(cells[4], CultureInfo.InvariantCulture));

    private void CheckShop(string shop)
    {
        using var connection = connect();
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from sales where shop = @shop and amount < 0";
        AddParameter(command, "@shop", shop);
        if (Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture) > 0)
        {
            throw new DataException($"{shop} has sales with a negative amount.");
        }
    }

    private async Task InsertAsync(Sale sale, CancellationToken token)
    {
        await using var connection = connect();
        await connection.OpenAsync(token);
        await using var command = connection.CreateCommand();
        command.CommandText = "insert into sales values (@day, @shop, @article, @quantity, @amount)";
        AddParameter(command, "@day", sale.Day);
        AddParameter(command, "@shop", sale.Shop);
        AddParameter(command, "@article", sale.Article);
        AddParameter(command, "@quantity", sale.Quantity);
        AddParameter(command, "@amount", sale.Amount);
        await command.ExecuteNonQueryAsync(token);
    }

    private static void AddParameter(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
