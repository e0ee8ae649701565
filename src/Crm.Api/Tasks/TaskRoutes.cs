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

    private static async Task<Made<TaskView>> Create(Body<TaskFields> body, TaskService tasks, CancellationToken ct) =>
        Answers.Made("tasks", await tasks.CreateAsync(body.Value, ct));

    private static async Task<Found<TaskView>> Get(Guid id, TaskService tasks, CancellationToken ct) =>
        Answers.Found((await tasks.FindAsync(id, ct)).OrNotFound("task", id));

    private static async Task<Found<TaskView>> Replace(Guid id, IfMatch ifMatch, Replacement<TaskFields> body, TaskService tasks, CancellationToken ct) =>
        Answers.Found(await tasks.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    private static async Task<Found<TaskView>> Change(Guid id, IfMatch ifMatch, MergePatch<TaskFields> body, TaskService tasks, CancellationToken ct) =>
        Answers.Found(await tasks.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    private static async Task<Found<TaskView>> Complete(Guid id, IfMatch ifMatch, TaskService tasks, CancellationToken ct) =>
        Answers.Found(await tasks.CompleteAsync(id, ifMatch.Version, ct));

    private static async Task<Found<TaskView>> Reopen(Guid id, IfMatch ifMatch, TaskService tasks, CancellationToken ct) =>
        Answers.Found(await tasks.ReopenAsync(id, ifMatch.Version, ct));

    private static async Task<NoContent> Delete(Guid id, IfMatch ifMatch, TaskService tasks, CancellationToken ct)
    {
        await tasks.DeleteAsync(id, ifMatch.Version, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Found<TaskView>> Restore(Guid id, TaskService tasks, CancellationToken ct) =>
        Answers.Found(await tasks.RestoreAsync(id, ct));
}
