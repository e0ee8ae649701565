using System.Collections.Frozen;
using System.Text;
using Crm.Database.Accounts;
using Microsoft.AspNetCore.Identity;

namespace Crm.Services.Accounts;

/// <summary>Which passwords are taken: long ones that nobody tries first. No rules of composition, which only make people write <c>Password1!</c>.</summary>
public sealed class PasswordRules : IPasswordValidator<Account>
{
    public const int Fewest = 12;

    /// <summary>Passwords of that length that are found most often in what was stolen elsewhere, and obvious ones about a service such as this.</summary>
    private static readonly FrozenSet<string> Common = (
        "123456789012 1234567890123 12345678901234 123456789012345 1234567890123456 12345678910 123456789101112 123456789123 123456789123456789 123123123123 "
        + "012345678901 0123456789012 098765432109 098765432112 987654321098 987654321012 112233445566 111222333444 1234qwerasdf 12341234 123412341234 123321123321 "
        + "147258369147 147258369258 159357159357 qwertyuiopas qwertyuiop12 qwertyuiop123 qwertyuiop1234 qwertyuiop[] qwerty123456 qwerty1234567 qwerty12345678 "
        + "qwertyqwerty qwertyasdfgh qwertyuiopasdfghjkl qwertyuiopasdfghjklzxcvbnm 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i qazwsxedcrfv "
        + "qazwsxedc123 qazxswedcvfr zaq12wsxcde3 asdfghjkl123 asdfghjklasdf asdfasdfasdf zxcvbnm12345 zxcvbnmasdfg abcdefghijkl abcdefghijklm abcdefg12345 abcdefgh1234 "
        + "abcd12345678 abc123456789 abcabcabcabc abc123abc123 a1b2c3d4e5f6 aa1234567890 1a2b3c4d5e6f password1234 password12345 password123456 password1234567 "
        + "password2024 password2025 password2026 password2027 passwordpassword passw0rd1234 passw0rd12345 p@ssw0rd1234 p@ssword1234 p@ssw0rd2025 p@ssw0rd2026 password@123 "
        + "password!123 mypassword123 mypassword12 newpassword1 newpassword123 thisismypassword changeme1234 changeme12345 changemeplease changeit1234 letmein12345 "
        + "letmein123456 letmeinletmein welcome12345 welcome123456 welcome@1234 welcome@2025 welcome@2026 iloveyou1234 iloveyou12345 iloveyouforever iloveyousomuch "
        + "iloveyoubaby iloveyou4ever ilovemyfamily administrator administrator1 admin1234567 admin12345678 admin123456789 adminadminadmin adminadmin123 administrator123 "
        + "superadmin123 rootrootroot root12345678 user12345678 test12345678 testtesttest testtest1234 guest12345678 default12345 secret123456 secretsecret supersecret1 "
        + "supersecret123 topsecret123 topsecret1234 trustno1trustno1 princess1234 princess12345 sunshine1234 sunshine12345 football1234 football12345 baseball1234 "
        + "basketball12 basketball123 superman1234 batman123456 dragon123456 monkey123456 master123456 shadow123456 michael12345 jennifer1234 charlie12345 liverpool1234 "
        + "manchester123 manchesterunited chelsea12345 arsenal12345 barcelona123 realmadrid123 juventus1234 starwars1234 starwars12345 pokemon12345 minecraft1234 "
        + "naruto123456 computer1234 computer12345 internet1234 samsung12345 samsung123456 google123456 facebook1234 microsoft123 myspace12345 linkedin1234 "
        + "correcthorsebatterystaple summer2025!! winter2025!! summer2026!! winter2026!! spring2026!! autumn2026!! january2026! "
        + "crmcrmcrmcrm crm123456789 salesforce123 customer1234 company12345 companyname123").Split(' ').Append("correct horse battery staple").ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The one writing of a password, however it was typed: without spaces around it, and with each character in the one form that it has (NFKC).
    /// U+FFFE is no character, and the one that normalisation throws at.</summary>
    public static string Prepare(string password) => password.Trim().Replace('\uFFFE', '\uFFFD').Normalize(NormalizationForm.FormKC);

    /// <summary>What is wrong with a password for an account, or null.</summary>
    public static string? FaultOf(string password, string email)
    {
        if (password.Length < Fewest) return $"must be at least {Fewest} characters long; a few words that nobody would put together make a good one";
        var folded = password.ToLowerInvariant();
        if (folded.Contains(email.ToLowerInvariant(), StringComparison.Ordinal)) return "must not contain the e-mail address";
        if (Common.Contains(folded) || folded.Distinct().Count() < 5) return "is one of the passwords that are tried first; a few words that nobody would put together make a better one";
        return null;
    }

    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password) => Task.FromResult(
        FaultOf(password ?? "", user.Email!) is { } fault ? IdentityResult.Failed(new IdentityError { Code = nameof(PasswordRules), Description = fault }) : IdentityResult.Success);
}
