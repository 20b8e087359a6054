-- What reviewers were told of requests that wait too long.
-- Old code meanwhile: it tells nobody.
-- Times are microseconds UTC.

-- A round is the time at which the request was sent: one row is one telling.
CREATE TABLE review_tellings (
    launch_id TEXT   NOT NULL REFERENCES launches (launch_id),
    round_us  BIGINT NOT NULL,
    told_us   BIGINT NOT NULL,
    PRIMARY KEY (launch_id, round_us)
) STRICT;
