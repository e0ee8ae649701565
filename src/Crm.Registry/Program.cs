using Crm.Registry;

try
{
    if (args is ["health"]) return await HealthProbe.AskAsync();
    await using var app = RegistryApp.Build(args);
    await app.RunAsync();
    return 0;
}
catch (SettingException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
