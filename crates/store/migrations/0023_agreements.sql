-- Agreements as two kinds of documents (GT&C and Order), what was signed, their history, files, overrides, what was told
-- of their end; and partner accounts.
-- Old code meanwhile: it reads Orders only, by number, and knows no kind; it would list a GT&C as an Order it cannot read.
-- Days are texts such as 2026-11-30. Times are microseconds UTC.

ALTER TABLE agreements ADD COLUMN kind TEXT NOT NULL DEFAULT 'order';
ALTER TABLE agreements ADD COLUMN written_by TEXT NOT NULL DEFAULT '';

-- The exact text that was put before the signers, by its SHA-256.
CREATE TABLE agreement_texts (
    number    TEXT   NOT NULL REFERENCES agreements (number),
    sha256    TEXT   NOT NULL,
    content   TEXT   NOT NULL,
    made_us   BIGINT NOT NULL,
    PRIMARY KEY (number, sha256)
) STRICT;

CREATE TABLE agreement_events (
    event_id TEXT   NOT NULL PRIMARY KEY,
    number   TEXT   NOT NULL REFERENCES agreements (number),
    time_us  BIGINT NOT NULL,
    actor    TEXT   NOT NULL,
    word     TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    reason   TEXT   NOT NULL
) STRICT;
CREATE INDEX agreement_events_by_number ON agreement_events (number, event_id);

CREATE TABLE agreement_files (
    file_id    TEXT   NOT NULL PRIMARY KEY,
    number     TEXT   NOT NULL REFERENCES agreements (number),
    purpose    TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    media_type TEXT   NOT NULL,
    sha256     TEXT   NOT NULL,
    size       BIGINT NOT NULL,
    kept_by    TEXT   NOT NULL,
    kept_us    BIGINT NOT NULL,
    content    BYTES  NOT NULL
) STRICT;
CREATE INDEX agreement_files_by_number ON agreement_files (number, file_id);

-- What the way of an agreement does not allow, asked for by one member and decided once by another.
CREATE TABLE agreement_overrides (
    override_id TEXT   NOT NULL PRIMARY KEY,
    number      TEXT   NOT NULL REFERENCES agreements (number),
    version     BIGINT NOT NULL,
    change      TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    asked_by    TEXT   NOT NULL,
    asked_us    BIGINT NOT NULL,
    decided_by  TEXT   NOT NULL,
    decided_us  BIGINT,
    outcome     TEXT   NOT NULL
) STRICT;
CREATE INDEX agreement_overrides_by_number ON agreement_overrides (number, override_id);

-- One row is one telling that an agreement ends in so many days; the end itself is its state.
CREATE TABLE agreement_told (
    number  TEXT   NOT NULL,
    days    BIGINT NOT NULL,
    told_us BIGINT NOT NULL,
    PRIMARY KEY (number, days)
) STRICT;

CREATE TABLE partner_accounts (
    account_id        TEXT   NOT NULL PRIMARY KEY,
    name              TEXT   NOT NULL UNIQUE,
    requesting_agency TEXT   NOT NULL UNIQUE,
    agency_id         TEXT   NOT NULL REFERENCES agencies (agency_id),
    status            TEXT   NOT NULL,
    became            TEXT   NOT NULL,
    description       TEXT   NOT NULL,
    version           BIGINT NOT NULL,
    changed_us        BIGINT NOT NULL
) STRICT;
