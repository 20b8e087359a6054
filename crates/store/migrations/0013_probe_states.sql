-- Whether the daily probe of a live app failed the last time: a team is told when it turns, not every day.
-- Old code meanwhile: it reads and writes none of this.
-- Times are microseconds UTC.

CREATE TABLE probe_states (
    handle      TEXT    NOT NULL,
    environment TEXT    NOT NULL,
    probe       TEXT    NOT NULL,
    target      TEXT    NOT NULL,
    failing     BOOLEAN NOT NULL,
    tried_us    BIGINT  NOT NULL,
    PRIMARY KEY (handle, environment, probe, target)
) STRICT;
