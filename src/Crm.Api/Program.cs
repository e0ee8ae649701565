using System.CommandLine;
using Crm.Api.Hosting;

// A stop waits for what is being done, as long as the host lets it; by default the command line would end the process after 2 s.
return await CommandLine.Build().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
