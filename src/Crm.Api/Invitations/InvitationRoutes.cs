using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Invitations;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Services.Invitations;

namespace Crm.Api.Invitations;

internal static class InvitationRoutes
{
    public static void MapInvitations(this IEndpointRouteBuilder api)
    {
        var invitations = api.MapGroup("/invitations").WithTags("Invitations");
        invitations.MapGet("/", List).WithName("ListInvitations").WithSummary("List invitations").RequireRole(Role.Admin);
        invitations.MapPost("/", Invite).WithName("CreateInvitation").WithSummary("Invite somebody").RequireRole(Role.Admin).WithMetadata(new SecretAnswer());
        invitations.MapGet("/{id:guid}", Get).WithName("GetInvitation").WithSummary("Get an invitation").RequireRole(Role.Admin);
        invitations.MapPost("/{id:guid}/revoke", Revoke).WithName("RevokeInvitation").WithSummary("Revoke an invitation").RequireRole(Role.Admin);
    }

    /// <summary>Those that were accepted, revoked or have expired, too.</summary>
    private static async Task<Found<Page<InvitationView>>> List(QueryOf<InvitationQuery> query, InvitationService invitations, CancellationToken ct) =>
        Answers.Found(await invitations.ListAsync(query.Value, ct));

    /// <summary>The answer has the link, which is shown this once; whoever has it can accept for a week, once. An earlier invitation that is open for the same address is revoked.</summary>
    private static async Task<Made<IssuedInvitationView>> Invite(Body<InvitationFields> body, InvitationService invitations, CancellationToken ct) =>
        Answers.Made("invitations", await invitations.InviteAsync(body.Value, ct));

    private static async Task<Found<InvitationView>> Get(Guid id, InvitationService invitations, CancellationToken ct) =>
        Answers.Found((await invitations.FindAsync(id, ct)).OrNotFound("invitation", id));

    /// <summary>Again, it changes nothing. One that was accepted can't be revoked.</summary>
    private static async Task<Found<InvitationView>> Revoke(Guid id, InvitationService invitations, CancellationToken ct) =>
        Answers.Found(await invitations.RevokeAsync(id, ct));
}
