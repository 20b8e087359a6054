-- What staff and partners add to the rules of the deployment calendar: freezes, holidays, moved windows, places, busy times;
-- and the private addresses of calendar feeds.
-- Old code meanwhile: it reads and writes none of this, so it plans by the rules alone.
-- Days are texts such as 2026-11-30. Times are microseconds UTC.

CREATE TABLE calendar_entries (
    entry_id     TEXT   NOT NULL PRIMARY KEY,
    kind         TEXT   NOT NULL,
    team         TEXT   NOT NULL,
    from_day     TEXT   NOT NULL,
    to_day       TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    environments TEXT   NOT NULL,
    places       BIGINT NOT NULL,
    added_by     TEXT   NOT NULL,
    added_us     BIGINT NOT NULL,
    ended_by     TEXT   NOT NULL,
    ended_us     BIGINT,
    end_reason   TEXT   NOT NULL
) STRICT;

CREATE INDEX calendar_entries_by_state ON calendar_entries (ended_us, added_us);

CREATE TABLE calendar_feeds (
    member_id  TEXT   NOT NULL PRIMARY KEY,
    token_hash TEXT   NOT NULL,
    language   TEXT   NOT NULL,
    made_us    BIGINT NOT NULL
) STRICT;

CREATE UNIQUE INDEX calendar_feeds_by_token ON calendar_feeds (token_hash);
