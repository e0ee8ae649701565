using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Contracts.Tasks;
using Crm.Services.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crm.Api.Tasks;

internal static class TaskRoutes
{
    public static void MapTasks(this IEndpointRouteBuilder api)
    {
        var tasks = api.MapGroup("/tasks").WithTags("Tasks");
        tasks.MapGet("/", List).WithName("ListTasks").WithSummary("List tasks").RequireRole(Role.Viewer);
        tasks.MapPost("/", Create).WithName("CreateTask").WithSummary("Create a task").RequireRole(Role.Rep);
        tasks.MapGet("/{id:guid}", Get).WithName("GetTask").WithSummary("Get a task").RequireRole(Role.Viewer);
        tasks.MapPut("/{id:guid}", Replace).WithName("ReplaceTask").WithSummary("Replace what is writable of a task").RequireRole(Role.Rep);
        tasks.MapPatch("/{id:guid}", Change).WithName("ChangeTask").WithSummary("Change some members of a task").RequireRole(Role.Rep);
        tasks.MapPut("/{id:guid}/complete", Complete).WithName("CompleteTask").WithSummary("Complete a task").RequireRole(Role.Rep);
        tasks.MapDelete("/{id:guid}/complete", Reopen).WithName("ReopenTask").WithSummary("Make a completed task one to do").RequireRole(Role.Rep);
        tasks.MapDelete("/{id:guid}", Delete).WithName("DeleteTask").WithSummary("Delete a task").RequireRole(Role.Manager);
        tasks.MapPost("/{id:guid}/restore", Restore).WithName("RestoreTask").WithSummary("Restore a deleted task with what went with it").RequireRole(Role.Manager);
    }

    private static async Task<Found<Page<TaskView>>> List(QueryOf<TaskQuery> query, TaskService tasks, CancellationToken ct) =>
        Answers.Found(await tasks.ListAsync(query.Value, ct));

    /// <summary>A task that says nothing of its assignee is the caller's.</summary>
    private static async Task<Made<TaskView>> Create(Body<TaskFields> body, TaskService tasks, CancellationToken ct) =>
        Answers.Made("tasks", await tasks.CreateAsync(body.Value, ct));

    private static async Task<Found<TaskView>> Get(Guid id, TaskService tasks, CancellationToken ct) =>
        Answers.Found((await tasks.FindAsync(id, ct)).OrNotFound("task", id));

    /// <summary>What is left out becomes null, except for type, priority and assignee, which stay. Handing over another's task takes the role <c>MANAGER</c>.</summary>
    private static async Task<Found<TaskView>> Replace(Guid id, Replacement<TaskFields> body, IfMatch ifMatch, TaskService tasks, CancellationToken ct) =>
        Answers.Found(await tasks.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    /// <summary>A merge patch: what is left out stays, null removes. Handing over another's task takes the role <c>MANAGER</c>.</summary>
    private static async Task<Found<TaskView>> Change(Guid id, MergePatch<TaskFields> body, IfMatch ifMatch, TaskService tasks, CancellationToken ct) =>
        Answers.Found(await tasks.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    /// <summary>A completed task stays as it was completed first, and nothing happens twice.</summary>
    private static async Task<Found<TaskView>> Complete(Guid id, IfMatch ifMatch, TaskService tasks, CancellationToken ct) =>
        Answers.Found(await tasks.CompleteAsync(id, ifMatch.Version, ct));

    /// <summary>A task that is to do stays as it is.</summary>
    private static async Task<Found<TaskView>> Reopen(Guid id, IfMatch ifMatch, TaskService tasks, CancellationToken ct) =>
        Answers.Found(await tasks.ReopenAsync(id, ifMatch.Version, ct));

    /// <summary>The activities that belong to nothing else go with it, and come back with it.</summary>
    private static async Task<NoContent> Delete(Guid id, IfMatch ifMatch, TaskService tasks, CancellationToken ct)
    {
        await tasks.DeleteAsync(id, ifMatch.Version, ct);
        return TypedResults.NoContent();
    }

    /// <summary>Brings a deleted task back with what went with it; one that isn't deleted stays as it is. Refused with 409 <c>parent-deleted</c> while its lead or deal is deleted.</summary>
    private static async Task<Found<TaskView>> Restore(Guid id, IfMatch ifMatch, TaskService tasks, CancellationToken ct) =>
        Answers.Found(await tasks.RestoreAsync(id, ifMatch.Version, ct));
}
