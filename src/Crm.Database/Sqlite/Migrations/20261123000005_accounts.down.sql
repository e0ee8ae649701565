DROP TABLE invitations;
DROP TABLE account_sessions;
DROP TABLE account_memberships;
DROP TABLE accounts;
