namespace Crm.Api.OpenApi;

/// <summary>What a reader of the document should know before its parts.</summary>
internal static class Introduction
{
    public const string Text =
        """
        Leads, deals, tasks and activities of a sales team, for many tenants apart from each other.

        ## Authenticating

        Send a JSON Web Token as `Authorization: Bearer <token>` and the tenant that the request is for as `X-Tenant-Id: <uuid>`.
        The token's `sub` is the user (not `me` or `none`, which stand for the caller and for nobody, nor what begins with `key:`), `tenant_id` the tenant or tenants that it may act for, `role` one of `VIEWER`, `REP`, `MANAGER`, `ADMIN`
        (or an object of tenant to role; none is `REP`); `exp` is required. Each role may do what those before it may.
        Where no identity provider issues the tokens, the service has accounts of its own: `POST /auth/token` gives tokens for a password, and `POST /auth/sign-in` a browser's cookie.
        A tenant that isn't the token's answers 403, whether it exists or not; a record of another tenant behaves as one that never existed.

        A program sends an API key in the place of the token, `Authorization: Bearer crm_…`, which an admin makes at `/api/api-keys`. It acts for its tenant alone, as a member of its own,
        with the key's role, and where the key says so only to read, or only for some of the resources.

        A `REP` sees and edits all of the tenant's records, unless an admin narrows that by the setting `visibility`: to the records of the teams that the rep is in (`TEAM`), or to the rep's own (`OWN`).
        What nobody owns everybody sees, and who makes a task sees it; beside a lead or deal that is seen, so are its tasks and activities. A record out of sight behaves as one that never existed, in lists and totals too.
        A member whom an admin deactivates is refused with 403 from the next request on, whatever the token.

        ## Values

        JSON in camelCase, in UTF-8, at most 1 MiB and 64 deep. Instants are ISO 8601 with an offset and come back in UTC, to the microsecond;
        dates are `YYYY-MM-DD`; both in the years 1000 to 9998. Money is a decimal number from 0 to 999999999999.9999 with at most four decimals,
        with its `currency` beside it; read it as a decimal, not as binary floating point. Text is trimmed, and empty text is null; its length counts UTF-16 units.
        Numbers, booleans and dates that are written as strings are read as what they say. Members that are unknown, given twice or set by the service are refused.

        ## Lists

        `skip` and `take` page near the beginning. Deeper than 10 000, and to walk a whole list, give each page's `nextCursor` as `cursor`: it costs the same at any
        depth, and neither skips nor repeats a record while others are written. `total` is counted up to 10 000 (`totalIsExact` is false beyond),
        exactly with `total=exact`, not at all with `total=none`. `sort` takes keys with commas, `-` before one for descending; records that are equal by
        them come by `id`. A filter takes several values, repeated or with commas. Ranges end in `From` and `To`: instants up to but without `To`, dates and numbers with it.
        A parameter that a list doesn't have is refused, never ignored.

        ## Changing

        `POST` makes a record and answers 201 with its `Location`. `PUT` replaces what is writable: what is left out becomes null, except for state and classification,
        which stay. `PATCH` is a merge patch (RFC 7396). `DELETE` can be undone by `POST …/restore`, which also brings back what went with the record.

        **ETags.** Every record comes with an `ETag`. Send it as `If-Match` with a change, and the change is refused with 412 if somebody else was first;
        send it as `If-None-Match` with a `GET`, and what didn't change is answered with 304. What comes by the passing of time (`task.reminded`, `task.due`, `deal.rotting`) makes a
        new version, too, so that a tag from before it is stale; `updatedAt` and `updatedBy` tell of changes by somebody alone. A lead's score (`lead.scored`) also makes a version, and yet
        refuses nobody: a tag from before it is as good for a change as the one after it, as long as nothing else of the lead changed.

        **Idempotency.** Every `POST` takes an `Idempotency-Key`. Sent again within 24 hours with the same body, it answers what it answered first, byte for byte, and does nothing.
        Keys are private to tenant, user, method and path.

        ## Events

        Every change of a record is an event, a CloudEvent in JSON, with what changed and the whole record; below `webhooks` this document has the schema of each type. `GET /api/events` gives them in order from any
        place on, `GET /api/events/stream` sends them while they happen, webhooks and RabbitMQ are told of them at least once: by its `id` one knows an event that came before. A record's events come in the order of
        their `version`, which has no gaps.

        ## Errors

        Every failure is `application/problem+json` (RFC 9457): `code` and `type` are stable, `detail` says what was wrong and what to do, `errors` names every place that is at fault
        by its JSON pointer or the parameter's name, and `traceId` finds the request in the logs. What is checked first: token (401), tenant (400, 403), role (403), media type and size (415, 413),
        input (400), existence (404), version (412), state (409), references (422). Nothing is changed by a request that fails.
        The server itself refuses a request line over 8 KiB with 414 and more than 100 headers or 32 KiB of them with 431, without a body; a body that dawdles with 408.

        ## Limits

        How often a tenant and a user may ask is limited, as is how many requests of a tenant are worked on at once: `RateLimit-Policy` says the limits, `RateLimit` what is left,
        and 429 with `Retry-After` that one is used up. Requests without a valid token are counted by address. A request that takes longer than 30 s (by default) is stopped with 503.
        """;

    public static readonly IReadOnlyList<(string Name, string Description)> Tags =
    [
        ("Leads", "People who may become customers."),
        ("Conversion", "Making customers of leads: one of each, also where the registry is slow or away."),
        ("Customers", "Who leads have become, in the registry that the service brings along."),
        ("Deals", "Sales that may come about, and the stages that they go through."),
        ("Tasks", "Things to do, for a lead, a deal or on their own."),
        ("Activities", "What was done for leads, deals and tasks: calls, e-mails, meetings and notes."),
        ("Search", "Everything by its words: what was saved is found at once, in any writing."),
        ("Members", "The users of the tenant, who can own records and be assigned tasks."),
        ("Teams", "Members who see each other's records where the tenant's visibility is `TEAM`."),
        ("API keys", "Keys with which programs act for the tenant, each as a member of its own."),
        ("Webhooks", "Endpoints that are told of events, signed by Standard Webhooks."),
        ("Invitations", "What lets somebody with an account become a member of the tenant. Only where the service has accounts of its own."),
        ("Accounts", "Signing in with an account of the service's own, where no identity provider issues the tokens."),
        ("Pipelines", "The ways that deals go, stage by stage."),
        ("Analytics", "Reports on deals, leads and work, each of an instant and with what every figure counts."),
        ("Dashboards", "Named sets of reports, each with the parameters that it is asked for with, and their delivery by e-mail and webhook."),
        ("Goals", "How much members and teams are to win in a month or quarter."),
        ("Automation", "What the service does by itself as the tenant wants it: how leads are scored, who is given those that come in, and what workflows do when something happens or the time has come."),
        ("Settings", "What an admin sets for the tenant."),
        ("Events", "Every change of a record, in order: as a feed to read, as a stream to watch, and by those who are told of it."),
        ("Notifications", "What concerns the caller, in the page and by e-mail."),
        ("Audit", "Who did what, when, from where and by which credential, sealed so that nobody can change it unseen."),
        ("Health", "Whether the service lives and can serve. For anybody to ask, without a token."),
    ];
}
