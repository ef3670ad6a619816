using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Json;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Billing.Web;

[ApiController, Route("api/invoices")]
public sealed class InvoicesController(IInvoiceArchive archive, InvoiceMailer mailer, CustomerDirectory customers) : ControllerBase
{
    [HttpGet("{number}")]
    public ActionResult<InvoiceView> Get(string number)
    {
        var invoice = archive.FindAsync(number, HttpContext.RequestAborted).Result; // HRD2007
        if (invoice is null)
        {
            return NotFound();
        }

        return new InvoiceView(invoice.Number, customers.NameOf(invoice.Customer), invoice.Lines.Sum(line => line.Amount));
    }

    [HttpPost]
    public async Task<IActionResult> Post(Invoice invoice, CancellationToken token)
    {
        await archive.StoreAsync(invoice, token);
        mailer.Announce(invoice);
        return CreatedAtAction(nameof(Get), new { number = invoice.Number }, null);
    }

    [HttpDelete("{number}")]
    public async Task<IActionResult> Delete(string number, CancellationToken token) =>
        await archive.RemoveAsync(number, token) ? NoContent() : NotFound();
}

public sealed class InvoiceMailer(HttpClient http, ILogger<InvoiceMailer> logger)
{
    public void Announce(Invoice invoice)
    {
        if (invoice.Lines.Count == 0)
        {
            return;
        }

        SendInBackground(invoice);
    }

    private void SendInBackground(Invoice invoice)
    {
        var thread = new Thread(() => Send(invoice)) { IsBackground = true }; // HRD2001
        thread.Start();
    }

    private void Send(Invoice invoice)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "mail") { Content = JsonContent.Create(invoice) };
            using var response = http.Send(request);
            response.EnsureSuccessStatusCode();
        }
        catch (HttpRequestException failure)
        {
            logger.LogError(failure, "Invoice {Number} was not sent.", invoice.Number);
        }
    }
}

public sealed class CustomerDirectory(HttpClient http)
{
    public string NameOf(int customer) => FetchAsync(customer).GetAwaiter().GetResult(); // HRD2007

    private async Task<string> FetchAsync(int customer)
    {
        var name = await http.GetStringAsync($"customers/{customer}/name").ConfigureAwait(false);
        return name.Trim('"');
    }
}

public interface IInvoiceArchive
{
    Task<Invoice?> FindAsync(string number, CancellationToken token);

    Task StoreAsync(Invoice invoice, CancellationToken token);

    Task<bool> RemoveAsync(string number, CancellationToken token);
}

public sealed record Invoice(string Number, int Customer, IReadOnlyList<InvoiceLine> Lines);

public sealed record InvoiceLine(string Text, decimal Amount);

public sealed record InvoiceView(string Number, string Customer, decimal Total);

// === Program.cs ===
using Billing.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddControllers();
builder.Services.AddHttpClient<InvoiceMailer>();
builder.Services.AddHttpClient<CustomerDirectory>();
var app = builder.Build();
app.MapControllers();
app.Run();
