using Crm.Contracts.Failures;
using Crm.Contracts.Leads;
using Crm.Contracts.Workflows;
using Crm.Services.Audit;
using Crm.Tests.Kit;
using Crm.Tests.Walls;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Clients;

public sealed class WorkflowsClientTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_template_is_made_tried_activated_changed_and_deleted_through_the_typed_client(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        var crm = ada.Typed();
        var lead = await crm.Leads.CreateAsync(new LeadFields { FirstName = "Ada", LastName = "Lovelace", Source = LeadSource.Website, OwnerId = "me" }, null, Ct);
        var template = (await crm.Workflows.TemplatesAsync(Ct)).Single(one => one.Key == "website-lead-call");

        var made = await crm.Workflows.CreateAsync(new WorkflowFields
        {
            Name = template.Name,
            Description = template.Description,
            Trigger = new WorkflowTriggerFields { Events = template.Trigger.Events },
            Condition = template.Condition,
            OncePerRecord = template.OncePerRecord,
            Actions = [.. template.Actions.Select(action => new WorkflowActionFields { Type = action.Type, Text = action.Text, TaskType = action.TaskType, Priority = action.Priority, Minutes = action.Minutes })],
        }, "once", Ct);
        await ada.Host.Services.GetRequiredService<Sealer>().SealBatchAsync(ada.TenantId, Ct); // what is rehearsed is read in the log's order
        var tested = await crm.Workflows.TestAsync(made.Id, lead.Id, Ct);
        var rehearsed = await crm.Workflows.RehearseAsync(made.Id, 1, Ct);
        var active = await crm.Workflows.ActivateAsync(made.Id, made.Version, Ct);
        var changed = await crm.Workflows.ChangeAsync(made.Id, new { name = "Call" }, active.Version, Ct);

        (tested.Matches, tested.Steps.ShouldHaveSingleItem().Text).ShouldBe((true, "Call Ada Lovelace"));
        (rehearsed.IsComplete, rehearsed.Runs, rehearsed.Items.ShouldHaveSingleItem().Subject).ShouldBe((true, 1, $"leads/{lead.Id}"));
        (active.ActiveVersion, active.HasChanges, changed.ActiveVersion, changed.HasChanges, changed.Name).ShouldBe((1, false, 1, true, "Call"));
        (await crm.Workflows.VersionsAsync(made.Id, Ct)).ShouldHaveSingleItem().Name.ShouldBe(template.Name);
        (await crm.Workflows.ListAsync(new WorkflowQuery { Active = true }, Ct)).Items.ShouldHaveSingleItem().Id.ShouldBe(made.Id);
        (await crm.Workflows.DeactivateAsync(made.Id, null, Ct)).ActiveVersion.ShouldBeNull();
        (await Should.ThrowAsync<CrmException>(() => crm.Workflows.ActivateAsync(made.Id, active.Version, Ct))).Code.ShouldBe(FailureCodes.Stale);
        await crm.Workflows.DeleteAsync(made.Id, null, Ct);
        (await Should.ThrowAsync<CrmException>(() => crm.Workflows.GetAsync(made.Id, Ct))).Code.ShouldBe(FailureCodes.NotFound);
    }

    [Theory, EachDatabase]
    public async Task A_run_that_failed_is_found_and_retried_through_the_typed_client(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        var world = await World.MakeAsync(ada, $"user-{Guid.CreateVersion7():N}");
        var crm = ada.Typed();

        var failed = (await crm.Workflows.ListRunsAsync(new WorkflowRunQuery { WorkflowId = [world.Workflow], RecordId = [world.Lead], State = [WorkflowRunState.Failed] }, Ct)).Items.ShouldHaveSingleItem();
        var retried = await crm.Workflows.RetryAsync(failed.Id, Ct);

        (failed.Id, failed.Steps.ShouldHaveSingleItem().Type).ShouldBe((world.Run, WorkflowActionType.AddTag));
        (retried.State, retried.Tries, retried.EndedAt).ShouldBe((WorkflowRunState.Running, 0, null));
        retried.DueAt.ShouldNotBeNull();
        (await Should.ThrowAsync<CrmException>(() => crm.Workflows.RetryAsync(failed.Id, Ct))).Code.ShouldBe(FailureCodes.InvalidTransition);
    }
}
