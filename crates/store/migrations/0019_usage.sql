-- Usage: one row for each first hand-off of a person to an app per session and level; what invoices are made of.
-- Old code meanwhile: never looks at these tables, and knows no column people.verified_for.
-- usage_rows is an environment's own; the portal pulls it by seq into usage_ledger. Times are microseconds UTC.
-- event is a digest of session, app and level; person is a digest of the pairwise subject: neither leads back to an account.

-- The agency whose app asked for the proofing.
ALTER TABLE people ADD COLUMN verified_for TEXT;

-- seq is given afterwards, in batches, so that people who sign in at the same moment do not wait for one counter.
CREATE TABLE usage_rows (
    event        TEXT   NOT NULL PRIMARY KEY,
    seq          BIGINT,
    at_us        BIGINT NOT NULL,
    agency       TEXT   NOT NULL,
    handle       TEXT   NOT NULL,
    issuer       TEXT   NOT NULL,
    app_name     TEXT   NOT NULL,
    level        TEXT   NOT NULL,
    acr          TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    verified_us  BIGINT,
    proofed_here BOOLEAN NOT NULL
) STRICT;
CREATE INDEX usage_rows_waiting ON usage_rows (at_us, event) WHERE seq IS NULL;
CREATE UNIQUE INDEX usage_rows_by_seq ON usage_rows (seq) WHERE seq IS NOT NULL;
CREATE INDEX usage_rows_by_time ON usage_rows (at_us);

CREATE TABLE usage_cursors (
    environment TEXT   NOT NULL PRIMARY KEY,
    seq         BIGINT NOT NULL,
    entries     BIGINT NOT NULL,
    apps        BIGINT NOT NULL
) STRICT;

-- An app as it was called when people were handed to it: the name is what an order lists.
CREATE TABLE usage_apps (
    environment TEXT   NOT NULL,
    app         BIGINT NOT NULL,
    agency      TEXT   NOT NULL,
    handle      TEXT   NOT NULL,
    issuer      TEXT   NOT NULL,
    app_name    TEXT   NOT NULL,
    PRIMARY KEY (environment, app)
) STRICT;
CREATE UNIQUE INDEX usage_apps_as_called ON usage_apps (environment, agency, handle, issuer, app_name);

-- entry rises without gaps in the order of arrival. day and month are the programme's.
CREATE TABLE usage_ledger (
    environment  TEXT   NOT NULL,
    entry        BIGINT NOT NULL,
    event        TEXT   NOT NULL,
    at_us        BIGINT NOT NULL,
    day          TEXT   NOT NULL,
    month        TEXT   NOT NULL,
    app          BIGINT NOT NULL,
    level        TEXT   NOT NULL,
    acr          TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    verified_us  BIGINT,
    proofed_here BOOLEAN NOT NULL,
    PRIMARY KEY (environment, entry)
) STRICT;
CREATE UNIQUE INDEX usage_ledger_events ON usage_ledger (environment, event);
CREATE INDEX usage_ledger_by_month ON usage_ledger (environment, app, month, entry);
CREATE INDEX usage_ledger_verified ON usage_ledger (environment, person, entry) WHERE level = 'verified';

-- How much there is of an app and month, so that no page counts rows.
CREATE TABLE usage_months (
    environment TEXT   NOT NULL,
    app         BIGINT NOT NULL,
    month       TEXT   NOT NULL,
    entries     BIGINT NOT NULL,
    last_entry  BIGINT NOT NULL,
    PRIMARY KEY (environment, app, month)
) STRICT;

-- Invoice lines as they were last computed from the ledger; made again when inputs says that something came in.
CREATE TABLE usage_lines (
    agreement TEXT   NOT NULL,
    month     TEXT   NOT NULL,
    inputs    TEXT   NOT NULL,
    document  TEXT   NOT NULL,
    made_us   BIGINT NOT NULL,
    PRIMARY KEY (agreement, month)
) STRICT;

-- Warnings that were given: each once.
CREATE TABLE usage_warnings (
    agreement TEXT   NOT NULL,
    percent   BIGINT NOT NULL,
    told_us   BIGINT NOT NULL,
    PRIMARY KEY (agreement, percent)
) STRICT;
