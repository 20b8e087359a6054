-- The agency that a release named for each app, what an environment last said of itself, and how canary sign-ins ended.
-- Old code meanwhile: it writes no agency into the sum of releases, so it must not build releases beside new code.
-- Times are microseconds UTC.

ALTER TABLE release_apps ADD COLUMN agency TEXT NOT NULL DEFAULT '';

CREATE TABLE environment_reports (
    environment TEXT   NOT NULL PRIMARY KEY,
    sequence    BIGINT NOT NULL,
    digest      TEXT   NOT NULL,
    refused     TEXT   NOT NULL,
    seen_us     BIGINT NOT NULL
) STRICT;

CREATE TABLE canary_runs (
    environment TEXT    NOT NULL,
    sequence    BIGINT  NOT NULL,
    passed      BOOLEAN NOT NULL,
    step        TEXT    NOT NULL,
    sentence    TEXT    NOT NULL,
    took_us     BIGINT  NOT NULL,
    run_us      BIGINT  NOT NULL,
    PRIMARY KEY (environment, sequence)
) STRICT;
