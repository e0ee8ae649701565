using Crm.Database.Accounts;
using Crm.Services.Invitations;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Accounts;

public static class AccountsRegistration
{
    /// <summary>A fifth of a second of one core for each guess (PBKDF2 with HMAC-SHA512, as OWASP advises).</summary>
    private const int HashIterations = 210_000;

    /// <summary>Accounts as such: who there is, and where they may act.</summary>
    internal static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddScoped<IPasswordValidator<Account>, PasswordRules>(); // first, so that Identity's own rules of composition stay out
        services.AddScoped<IUserValidator<Account>, AnyUser>();
        services.AddIdentityCore<Account>();
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = HashIterations);
        return services
            .AddScoped<IUserStore<Account>, UserOnlyStore<Account, AccountsDbContext, Guid>>()
            .AddScoped<SignInEvents>()
            .AddScoped<PasswordProof>()
            .AddScoped<AccountService>();
    }

    /// <summary>Sessions, tokens and invitations, where accounts are what people sign in with.</summary>
    public static IServiceCollection AddSessions(this IServiceCollection services, byte[] signingKey) => services
        .AddSingleton(new AccountKeys(signingKey))
        .AddScoped<SessionService>()
        .AddScoped<InvitationService>();

    /// <summary>Addresses are checked where they come in, and an index sees that each is there once.</summary>
    private sealed class AnyUser : IUserValidator<Account>
    {
        public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user) => Task.FromResult(IdentityResult.Success);
    }
}
