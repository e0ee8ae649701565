using Crm.Api.Hosting;

return await CommandLine.Build().Parse(args).InvokeAsync();
