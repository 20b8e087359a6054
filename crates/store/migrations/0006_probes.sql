-- What probes of apps found, and the domains that teams prove to be their own.
-- Old code meanwhile: it reads and writes none of these.
-- Times are microseconds UTC.

-- The newest result of one probe of one target of a configuration.
CREATE TABLE probe_results (
    handle      TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    probe       TEXT   NOT NULL,
    target      TEXT   NOT NULL,
    outcome     TEXT   NOT NULL,
    code        TEXT   NOT NULL,
    sentence    TEXT   NOT NULL,
    took_us     BIGINT NOT NULL,
    probed_us   BIGINT NOT NULL,
    PRIMARY KEY (handle, environment, probe, target)
) STRICT;
-- When a configuration was probed last, whether anything was found or not.
CREATE TABLE probe_runs (
    handle      TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    probed_us   BIGINT NOT NULL,
    PRIMARY KEY (handle, environment)
) STRICT;

-- A domain that a team says is its own: the token that its DNS must show, and what became of it.
CREATE TABLE domain_proofs (
    team        TEXT   NOT NULL REFERENCES teams (handle),
    domain      TEXT   NOT NULL,
    token       TEXT   NOT NULL,
    added_by    TEXT   NOT NULL,
    added_us    BIGINT NOT NULL,
    checked_us  BIGINT,
    finding     TEXT   NOT NULL,
    proved_us   BIGINT,
    approved_by TEXT,
    approved_us BIGINT,
    PRIMARY KEY (team, domain)
) STRICT;
CREATE INDEX domain_proofs_to_approve ON domain_proofs (proved_us) WHERE approved_us IS NULL AND proved_us IS NOT NULL;
