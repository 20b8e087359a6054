-- The validator: what apps have in common, waivers of rules, and the results of the nightly check.
-- Old code meanwhile: ignores these tables; what it saves is added to lint_facts by the next nightly check.

-- Names, keys and hosts of the newest revisions, so that a check searches through no documents.
CREATE TABLE lint_facts (
    kind        TEXT NOT NULL,
    value       TEXT NOT NULL,
    environment TEXT NOT NULL,
    handle      TEXT NOT NULL,
    PRIMARY KEY (kind, value, environment, handle)
) STRICT;
CREATE INDEX lint_facts_by_app ON lint_facts (handle, environment);
-- A rule that does not hold for an app until a day.
CREATE TABLE waivers (
    waiver_id   TEXT   NOT NULL PRIMARY KEY,
    handle      TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    rule        TEXT   NOT NULL,
    owner       TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    until_date  TEXT   NOT NULL,
    given_by    TEXT   NOT NULL REFERENCES members (member_id),
    given_us    BIGINT NOT NULL,
    ended_us    BIGINT
) STRICT;
CREATE INDEX waivers_by_app ON waivers (handle, environment);
-- What the last nightly check of a live app found. added: the findings that the check before did not have.
CREATE TABLE lint_results (
    environment TEXT   NOT NULL,
    handle      TEXT   NOT NULL,
    revision_id TEXT   NOT NULL,
    checked_us  BIGINT NOT NULL,
    errors      BIGINT NOT NULL,
    warnings    BIGINT NOT NULL,
    findings    TEXT   NOT NULL,
    added       TEXT   NOT NULL,
    PRIMARY KEY (environment, handle)
) STRICT;
CREATE INDEX lint_results_by_errors ON lint_results (errors, warnings);
