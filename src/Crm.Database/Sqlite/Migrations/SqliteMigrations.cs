using Crm.Database.Migrating;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Crm.Database.Sqlite.Migrations;

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261122000001_initial")]
internal sealed class Initial() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261123000001_row_level_security")]
internal sealed class RowLevelSecurity() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261123000002_teams")]
internal sealed class TeamsAndSight() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261123000003_api_keys")]
internal sealed class ApiKeys() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261123000004_audit")]
internal sealed class Audit() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261123000005_accounts")]
internal sealed class Accounts() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261124000001_conversion")]
internal sealed class Conversions() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261129000001_relay")]
internal sealed class RelayOfEvents() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261129000002_webhooks")]
internal sealed class Webhooks() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261129000003_notifications")]
internal sealed class Notifications() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261129000004_alarms")]
internal sealed class AlarmsOfRecords() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261129000005_pipelines")]
internal sealed class PipelinesOfTenants() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261129000006_history")]
internal sealed class HistoryOfRecords() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261129000007_analytics")]
internal sealed class Analytics() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261129000011_reports")]
internal sealed class Reports() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261129000012_rates")]
internal sealed class RatesOfCurrencies() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261129000013_goals")]
internal sealed class GoalsOfMembersAndTeams() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261129000014_dashboards")]
internal sealed class DashboardsOfTenants() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261129000015_working_time")]
internal sealed class WorkingTimeOfTenants() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261129000016_narrow_history")]
internal sealed class NarrowHistory() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261129000017_narrow_present")]
internal sealed class NarrowPresent() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261130000001_search")]
internal sealed class SearchOfRecords() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261130000003_scoring")]
internal sealed class ScoringOfLeads() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261130000004_routing")]
internal sealed class RoutingOfLeads() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261130000005_workflows")]
internal sealed class WorkflowsOfTenants() : ScriptMigration("Sqlite");

[DbContext(typeof(SqliteCrmDbContext)), Migration("20261130000006_old_runs")]
internal sealed class OldRunsOfWorkflows() : ScriptMigration("Sqlite");
