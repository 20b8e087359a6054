-- The core that every other table leans on: audit, settings, counters, leases, jobs and outbox.
-- First migration; there is no old code.
-- Times are microseconds UTC. Ids are text. JSON is text. See src/migrate.rs for the type words.

-- What happened. Rows are only added. mac covers every other column.
CREATE TABLE audit_entries (
    id TEXT NOT NULL PRIMARY KEY,
    time_us BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    event TEXT NOT NULL,
    subject TEXT,
    request_id TEXT,
    detail TEXT NOT NULL,
    mac BYTES NOT NULL
) STRICT;
CREATE INDEX audit_entries_time ON audit_entries (time_us, id);
CREATE INDEX audit_entries_subject ON audit_entries (subject, time_us);
CREATE INDEX audit_entries_request ON audit_entries (request_id);

-- Entries that the sealer has not chained yet. A row lives for about a second.
CREATE TABLE audit_unsealed (
    entry_id TEXT NOT NULL PRIMARY KEY,
    time_us BIGINT NOT NULL
) STRICT;
CREATE INDEX audit_unsealed_time ON audit_unsealed (time_us, entry_id);

-- The chain: each link holds the hash of the one before it and of its entry.
CREATE TABLE audit_chain (
    seq BIGINT NOT NULL PRIMARY KEY,
    entry_id TEXT NOT NULL UNIQUE,
    prev BYTES NOT NULL,
    hash BYTES NOT NULL
) STRICT;

-- The signed end of each sealed batch.
CREATE TABLE audit_heads (
    seq BIGINT NOT NULL PRIMARY KEY,
    first_seq BIGINT NOT NULL,
    hash BYTES NOT NULL,
    sealed_us BIGINT NOT NULL,
    mac BYTES NOT NULL
) STRICT;

-- Small values by key: version rows, one-time marks.
CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL,
    version BIGINT NOT NULL
) STRICT;

-- Rate limits and lock-outs: one row per key, counted in fixed windows.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    window_us BIGINT NOT NULL,
    hits BIGINT NOT NULL,
    until_us BIGINT NOT NULL
) STRICT;
CREATE INDEX counters_until ON counters (until_us);

-- Which node does a task that only one may do.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until_us BIGINT NOT NULL
) STRICT;

-- Work for later. dedup is unique while the job is pending.
CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    dedup TEXT,
    payload TEXT NOT NULL,
    run_at_us BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    locked_until_us BIGINT NOT NULL,
    last_error TEXT,
    failed_us BIGINT
) STRICT;
CREATE UNIQUE INDEX jobs_dedup ON jobs (kind, dedup) WHERE failed_us IS NULL;
CREATE INDEX jobs_due ON jobs (run_at_us, id) WHERE failed_us IS NULL;

-- Mail and messages, written with the change that causes them and sent after it.
CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    content TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    run_at_us BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    locked_until_us BIGINT NOT NULL,
    last_error TEXT,
    sent_us BIGINT,
    failed_us BIGINT
) STRICT;
CREATE INDEX outbox_due ON outbox (run_at_us, id) WHERE sent_us IS NULL AND failed_us IS NULL;
