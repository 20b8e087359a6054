-- The deny list beside the releases (suspended and retired apps, revoked keys), staff-made configurations that wait for a
-- second person, key rotations, and reviews after an emergency.
-- Old code meanwhile: it serves suspended apps and revoked keys, so it must not run beside new code.
-- Times are microseconds UTC; dates are ISO text in the programme's zone.

-- The portal's side. Every change of what is denied comes with a new list, whose place in the sequence only one writer gets.
CREATE TABLE deny_lists (
    environment TEXT   NOT NULL,
    sequence    BIGINT NOT NULL,
    signed      TEXT   NOT NULL,
    created_us  BIGINT NOT NULL,
    PRIMARY KEY (environment, sequence)
) STRICT;
CREATE TABLE denied_apps (
    denial_id    TEXT   NOT NULL PRIMARY KEY,
    environment  TEXT   NOT NULL,
    handle       TEXT   NOT NULL,
    issuer       TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    page         TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    since_us     BIGINT NOT NULL,
    until_us     BIGINT,
    ended_us     BIGINT,
    ended_by     TEXT   NOT NULL,
    ended_reason TEXT   NOT NULL
) STRICT;
CREATE INDEX denied_apps_by_app ON denied_apps (environment, handle);
CREATE TABLE revoked_keys (
    environment TEXT   NOT NULL,
    handle      TEXT   NOT NULL,
    thumbprint  TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    actor       TEXT   NOT NULL,
    revoked_us  BIGINT NOT NULL,
    PRIMARY KEY (environment, handle, thumbprint)
) STRICT;
-- What an environment that runs elsewhere last said that it holds.
CREATE TABLE denial_reports (
    environment TEXT   NOT NULL PRIMARY KEY,
    sequence    BIGINT NOT NULL,
    seen_us     BIGINT NOT NULL
) STRICT;
-- The environment's side.
CREATE TABLE installed_denials (
    sequence     BIGINT NOT NULL PRIMARY KEY,
    signed       TEXT   NOT NULL,
    installed_us BIGINT NOT NULL
) STRICT;
CREATE INDEX grants_by_client ON grants (client_id);

-- A configuration of the programme's staff, which becomes a revision once another one of them agrees.
CREATE TABLE staff_configurations (
    proposal_id TEXT   NOT NULL PRIMARY KEY,
    handle      TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    base_revision_id TEXT NOT NULL,
    document    TEXT   NOT NULL,
    digest      TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    author      TEXT   NOT NULL,
    created_us  BIGINT NOT NULL,
    state       TEXT   NOT NULL,
    decided_by  TEXT   NOT NULL,
    decided_us  BIGINT,
    note        TEXT   NOT NULL,
    revision_id TEXT
) STRICT;
CREATE UNIQUE INDEX staff_configurations_open ON staff_configurations (handle, environment) WHERE decided_us IS NULL;
CREATE INDEX staff_configurations_by_app ON staff_configurations (handle, environment);

-- One rotation of a key at a time: the database keeps the place of the open one. Where it stands is read from what is live;
-- stage is what was told last.
CREATE TABLE key_rotations (
    rotation_id    TEXT   NOT NULL PRIMARY KEY,
    handle         TEXT   NOT NULL,
    environment    TEXT   NOT NULL,
    team           TEXT   NOT NULL,
    old_thumbprint TEXT   NOT NULL,
    new_thumbprint TEXT   NOT NULL,
    new_key        TEXT   NOT NULL,
    author         TEXT   NOT NULL,
    created_us     BIGINT NOT NULL,
    addition_id    TEXT,
    removal_id     TEXT,
    stage          TEXT   NOT NULL,
    ended_us       BIGINT
) STRICT;
CREATE UNIQUE INDEX key_rotations_open ON key_rotations (handle, environment) WHERE ended_us IS NULL;
CREATE INDEX key_rotations_by_app ON key_rotations (handle, environment, created_us);

-- What went live as an emergency is reviewed afterwards.
CREATE TABLE after_reviews (
    launch_id  TEXT   NOT NULL PRIMARY KEY REFERENCES launches (launch_id),
    created_us BIGINT NOT NULL,
    due_us     BIGINT NOT NULL,
    done_us    BIGINT,
    done_by    TEXT   NOT NULL,
    finding    TEXT   NOT NULL
) STRICT;
CREATE INDEX after_reviews_open ON after_reviews (done_us);
