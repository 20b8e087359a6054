-- Partnerships with their tasks and entries, estimates, and the revisions of the public pages.
-- Old code meanwhile: it reads and writes none of these.
-- Times are microseconds UTC.

-- `interest` is the form as JSON; `contact` is the address in it, in small letters. `from_us` is when its clock began: the form, or the last time it was resumed.
CREATE TABLE partnerships (
    partnership_id TEXT   NOT NULL PRIMARY KEY,
    reference      TEXT   NOT NULL UNIQUE,
    standing       TEXT   NOT NULL,
    agency         TEXT   NOT NULL,
    interest       TEXT   NOT NULL,
    contact        TEXT   NOT NULL,
    language       TEXT   NOT NULL,
    team           TEXT   REFERENCES teams (handle),
    manager        TEXT   REFERENCES members (member_id),
    fit            TEXT   NOT NULL,
    reason         TEXT   NOT NULL,
    version        BIGINT NOT NULL,
    from_us        BIGINT NOT NULL,
    created_us     BIGINT NOT NULL,
    changed_us     BIGINT NOT NULL
) STRICT;
CREATE INDEX partnerships_by_time ON partnerships (created_us);
CREATE INDEX partnerships_by_standing ON partnerships (standing, created_us);
CREATE INDEX partnerships_by_team ON partnerships (team, created_us);
CREATE INDEX partnerships_by_contact ON partnerships (contact, created_us);
-- What is done. `done_by` is a member, or empty where the portal saw it.
CREATE TABLE partnership_tasks (
    partnership_id TEXT   NOT NULL REFERENCES partnerships (partnership_id),
    task           TEXT   NOT NULL,
    done_us        BIGINT NOT NULL,
    done_by        TEXT   NOT NULL,
    PRIMARY KEY (partnership_id, task)
) STRICT;
-- What was said and decided. Only `shared` entries are shown to the partner.
CREATE TABLE partnership_entries (
    entry_id       TEXT    NOT NULL PRIMARY KEY,
    partnership_id TEXT    NOT NULL REFERENCES partnerships (partnership_id),
    author         TEXT    NOT NULL,
    kind           TEXT    NOT NULL,
    text           TEXT    NOT NULL,
    shared         BOOLEAN NOT NULL,
    created_us     BIGINT  NOT NULL
) STRICT;
CREATE INDEX partnership_entries_in_order ON partnership_entries (partnership_id, created_us);
-- `result` is the estimate with its plan, as JSON. One without partnership and team is its author's, until they have
-- a team. At most one estimate of a team or partnership is accepted.
CREATE TABLE estimates (
    estimate_id    TEXT   NOT NULL PRIMARY KEY,
    partnership_id TEXT   REFERENCES partnerships (partnership_id),
    team           TEXT   REFERENCES teams (handle),
    name           TEXT   NOT NULL,
    model          BIGINT NOT NULL,
    result         TEXT   NOT NULL,
    total_cents    BIGINT NOT NULL,
    author         TEXT   NOT NULL REFERENCES members (member_id),
    created_us     BIGINT NOT NULL,
    accepted_us    BIGINT,
    accepted_by    TEXT   REFERENCES members (member_id)
) STRICT;
CREATE INDEX estimates_by_partnership ON estimates (partnership_id, created_us);
CREATE INDEX estimates_by_team ON estimates (team, created_us);
CREATE INDEX estimates_by_author ON estimates (author, created_us);
CREATE INDEX estimates_by_time ON estimates (created_us);
-- The public pages, each revision whole. Where a page has none, the text that the build carries is shown.
CREATE TABLE site_revisions (
    page       TEXT   NOT NULL,
    language   TEXT   NOT NULL,
    revision   BIGINT NOT NULL,
    text       TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    author     TEXT   NOT NULL REFERENCES members (member_id),
    created_us BIGINT NOT NULL,
    PRIMARY KEY (page, language, revision)
) STRICT;
