-- Roles by realm, with who gave them and when; invitations; deleted teams; when a member last signed in.
-- Old code meanwhile: refuses to start. member_roles is read once here and no longer used.
-- A partner's role so far counted everywhere, so it becomes one for the sandbox and one for production.

CREATE TABLE role_grants (
    member_id  TEXT   NOT NULL REFERENCES members (member_id),
    team       TEXT   NOT NULL,
    realm      TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    granted_by TEXT   NOT NULL,
    granted_us BIGINT NOT NULL,
    PRIMARY KEY (member_id, team, realm, role)
) STRICT;
CREATE INDEX role_grants_by_team ON role_grants (team);
-- One role of a member in each realm of a team.
CREATE UNIQUE INDEX role_grants_one ON role_grants (member_id, team, realm) WHERE team <> '';
INSERT INTO role_grants (member_id, team, realm, role, granted_by, granted_us)
    SELECT member_id, team, '', role, '', 0 FROM member_roles WHERE team = '';
INSERT INTO role_grants (member_id, team, realm, role, granted_by, granted_us)
    SELECT member_id, team, 'sandbox', MIN(role), '', 0 FROM member_roles WHERE team <> '' GROUP BY member_id, team;
INSERT INTO role_grants (member_id, team, realm, role, granted_by, granted_us)
    SELECT member_id, team, 'production', MIN(role), '', 0 FROM member_roles WHERE team <> '' GROUP BY member_id, team;

-- An invitation to a team: it works once, for whoever signs in with the address that it was mailed to.
CREATE TABLE invitations (
    invitation_id TEXT   NOT NULL PRIMARY KEY,
    team          TEXT   NOT NULL REFERENCES teams (handle),
    email         TEXT   NOT NULL,
    sandbox_role  TEXT   NOT NULL,
    production_role TEXT NOT NULL,
    invited_by    TEXT   NOT NULL,
    created_us    BIGINT NOT NULL,
    expires_us    BIGINT NOT NULL,
    ended_us      BIGINT,
    ended_how     TEXT   NOT NULL,
    language      TEXT   NOT NULL
) STRICT;
CREATE INDEX invitations_by_team ON invitations (team);
CREATE INDEX invitations_by_email ON invitations (email);

ALTER TABLE members ADD COLUMN signed_in_us BIGINT;
ALTER TABLE teams ADD COLUMN deleted_us BIGINT;
ALTER TABLE teams ADD COLUMN description TEXT NOT NULL DEFAULT '';
-- The strength of the sign-in that made a token. Every sign-in to the portal had two factors so far.
ALTER TABLE api_tokens ADD COLUMN aal TEXT NOT NULL DEFAULT 'aal2';
ALTER TABLE configurations ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
UPDATE configurations SET created_by = COALESCE((SELECT r.author FROM revisions r
    WHERE r.handle = configurations.handle AND r.environment = configurations.environment AND r.number = 1), '');
