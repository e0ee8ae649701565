FROM mcr.microsoft.com/dotnet/sdk:10.0 AS projects
WORKDIR /source
COPY . .
# What a restore reads, and nothing else: the layer of packages below is kept until one of these files changes.
RUN find . -type f ! -name '*.csproj' ! -name 'packages.lock.json' ! -name 'Directory.*.props' ! -name 'global.json' -delete \
    && find . -type d -empty -delete

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY --from=projects /source .
RUN dotnet restore src/Crm.Api/Crm.Api.csproj --locked-mode \
    && dotnet restore src/Crm.Registry/Crm.Registry.csproj --locked-mode
COPY . .
RUN dotnet publish src/Crm.Api -c Release --no-restore -p:UseAppHost=false -o /app/crm \
    && dotnet publish src/Crm.Registry -c Release --no-restore -p:UseAppHost=false -o /app/registry \
    && mkdir /data

# Chiseled: no shell, no package manager. -extra: with ICU, which both services ask for, and the time zones, which reports by a tenant's days need.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra AS registry
LABEL org.opencontainers.image.title="Crm.Registry"
WORKDIR /app
COPY --from=build /app/registry .
COPY --from=build --chown=$APP_UID:$APP_UID /data /data
ENV ASPNETCORE_URLS=http://+:8080 \
    ASPNETCORE_HTTP_PORTS= \
    ConnectionStrings__Registry="Data Source=/data/registry.db"
USER $APP_UID
EXPOSE 8080
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["dotnet", "Crm.Registry.dll", "health"]
ENTRYPOINT ["dotnet", "Crm.Registry.dll"]

# The one that is built when none is named.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra AS crm
LABEL org.opencontainers.image.title="Crm"
WORKDIR /app
COPY --from=build /app/crm .
COPY --from=build --chown=$APP_UID:$APP_UID /data /data
# The base image names a port too, which the URL would override with a warning at every start.
ENV ASPNETCORE_URLS=http://+:8080 \
    ASPNETCORE_HTTP_PORTS= \
    ConnectionStrings__Crm="Data Source=/data/crm.db"
USER $APP_UID
EXPOSE 8080
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["dotnet", "Crm.Api.dll", "health"]
ENTRYPOINT ["dotnet", "Crm.Api.dll"]
