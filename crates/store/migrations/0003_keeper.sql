-- The keeper: agencies, teams and members, apps and their revisions, agreements, launches, releases, portal sessions and tokens.
-- Old code meanwhile: none, this is the first schema.
-- Times are microseconds UTC; dates are ISO text in the programme's zone.

CREATE TABLE agencies (
    agency_id    TEXT NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,
    abbreviation TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE teams (
    handle     TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    agency_id  TEXT   NOT NULL REFERENCES agencies (agency_id),
    domains    TEXT   NOT NULL,
    created_us BIGINT NOT NULL
) STRICT;
CREATE TABLE members (
    member_id  TEXT   NOT NULL PRIMARY KEY,
    email      TEXT   NOT NULL UNIQUE,
    name       TEXT   NOT NULL,
    subject    TEXT   UNIQUE,
    created_us BIGINT NOT NULL
) STRICT;
-- A role: of a team for partners (team is its handle), of the programme for staff (team is empty).
CREATE TABLE member_roles (
    member_id TEXT NOT NULL REFERENCES members (member_id),
    team      TEXT NOT NULL,
    role      TEXT NOT NULL,
    PRIMARY KEY (member_id, team, role)
) STRICT;
CREATE INDEX member_roles_by_team ON member_roles (team);

CREATE TABLE portal_flows (
    state_hash TEXT   NOT NULL PRIMARY KEY,
    sealed     TEXT   NOT NULL,
    expires_us BIGINT NOT NULL
) STRICT;
CREATE TABLE portal_sessions (
    session_hash TEXT   NOT NULL PRIMARY KEY,
    member_id    TEXT   NOT NULL REFERENCES members (member_id),
    aal          TEXT   NOT NULL,
    auth_us      BIGINT NOT NULL,
    created_us   BIGINT NOT NULL,
    seen_us      BIGINT NOT NULL,
    expires_us   BIGINT NOT NULL,
    sealed_id_token TEXT NOT NULL,
    ended_us     BIGINT
) STRICT;
CREATE INDEX portal_sessions_by_expiry ON portal_sessions (expires_us);
CREATE TABLE api_tokens (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    member_id  TEXT   NOT NULL REFERENCES members (member_id),
    name       TEXT   NOT NULL,
    elevated_until_us BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    used_us    BIGINT,
    revoked_us BIGINT
) STRICT;
CREATE INDEX api_tokens_by_member ON api_tokens (member_id);

CREATE TABLE apps (
    handle     TEXT   NOT NULL PRIMARY KEY,
    team       TEXT   NOT NULL REFERENCES teams (handle),
    created_us BIGINT NOT NULL
) STRICT;
CREATE INDEX apps_by_team ON apps (team);
-- One app in one environment. A save replaces the revision only where the version still is what the editor saw.
CREATE TABLE configurations (
    handle      TEXT   NOT NULL REFERENCES apps (handle),
    environment TEXT   NOT NULL,
    issuer      TEXT   NOT NULL,
    revision_id TEXT   NOT NULL,
    version     BIGINT NOT NULL,
    deleted_us  BIGINT,
    changed_us  BIGINT NOT NULL,
    PRIMARY KEY (handle, environment)
) STRICT;
CREATE UNIQUE INDEX configurations_issuer ON configurations (environment, issuer);
CREATE TABLE revisions (
    revision_id TEXT   NOT NULL PRIMARY KEY,
    handle      TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    number      BIGINT NOT NULL,
    document    TEXT   NOT NULL,
    digest      TEXT   NOT NULL,
    author      TEXT   NOT NULL,
    note        TEXT   NOT NULL,
    created_us  BIGINT NOT NULL,
    UNIQUE (handle, environment, number)
) STRICT;
CREATE TABLE drafts (
    draft_id   TEXT   NOT NULL PRIMARY KEY,
    team       TEXT   NOT NULL,
    author     TEXT   NOT NULL,
    document   TEXT   NOT NULL,
    changed_us BIGINT NOT NULL
) STRICT;
CREATE INDEX drafts_by_team ON drafts (team);

CREATE TABLE agreements (
    number     TEXT   NOT NULL PRIMARY KEY,
    agency_id  TEXT   NOT NULL REFERENCES agencies (agency_id),
    state      TEXT   NOT NULL,
    starts     TEXT   NOT NULL,
    ends       TEXT   NOT NULL,
    document   TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    changed_us BIGINT NOT NULL
) STRICT;

-- Launch and change requests. State moves by guarded updates on (state, version).
CREATE TABLE launches (
    launch_id    TEXT   NOT NULL PRIMARY KEY,
    kind         TEXT   NOT NULL,
    handle       TEXT   NOT NULL REFERENCES apps (handle),
    environment  TEXT   NOT NULL,
    revision_id  TEXT   NOT NULL,
    agreement    TEXT,
    state        TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    request      TEXT   NOT NULL,
    explanation  TEXT,
    window_date  TEXT,
    window_us    BIGINT,
    author       TEXT   NOT NULL,
    created_us   BIGINT NOT NULL,
    submitted_us BIGINT,
    release_id   TEXT
) STRICT;
CREATE INDEX launches_by_app ON launches (handle, environment);
CREATE INDEX launches_by_state ON launches (state, window_us);
CREATE TABLE launch_events (
    launch_id TEXT   NOT NULL REFERENCES launches (launch_id),
    number    BIGINT NOT NULL,
    time_us   BIGINT NOT NULL,
    actor     TEXT   NOT NULL,
    event     TEXT   NOT NULL,
    note      TEXT   NOT NULL,
    PRIMARY KEY (launch_id, number)
) STRICT;
CREATE TABLE approvals (
    launch_id TEXT   NOT NULL REFERENCES launches (launch_id),
    round     BIGINT NOT NULL,
    member_id TEXT   NOT NULL,
    time_us   BIGINT NOT NULL,
    PRIMARY KEY (launch_id, round, member_id)
) STRICT;

-- A release: its parent plus changes, signed. Deployed when an environment took it.
CREATE TABLE releases (
    release_id  TEXT   NOT NULL PRIMARY KEY,
    environment TEXT   NOT NULL,
    sequence    BIGINT NOT NULL,
    digest      TEXT   NOT NULL,
    root        TEXT   NOT NULL,
    signed      TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    author      TEXT   NOT NULL,
    created_us  BIGINT NOT NULL,
    deployed_us BIGINT,
    UNIQUE (environment, sequence)
) STRICT;
CREATE TABLE release_changes (
    release_id  TEXT NOT NULL REFERENCES releases (release_id),
    handle      TEXT NOT NULL,
    revision_id TEXT,
    before_revision_id TEXT,
    PRIMARY KEY (release_id, handle)
) STRICT;
CREATE INDEX release_changes_by_handle ON release_changes (handle);
-- The sum of all releases of an environment: which revision of which app is in it.
CREATE TABLE release_apps (
    environment TEXT NOT NULL,
    handle      TEXT NOT NULL,
    revision_id TEXT NOT NULL,
    digest      TEXT NOT NULL,
    PRIMARY KEY (environment, handle)
) STRICT;
