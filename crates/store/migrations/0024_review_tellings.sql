-- What reviewers were told of requests that wait too long, and owners of tokens that end.
-- Old code meanwhile: it tells nobody.
-- Times are microseconds UTC.

-- A round is the time at which the request was sent: one row is one telling.
CREATE TABLE review_tellings (
    launch_id TEXT   NOT NULL REFERENCES launches (launch_id),
    round_us  BIGINT NOT NULL,
    told_us   BIGINT NOT NULL,
    PRIMARY KEY (launch_id, round_us)
) STRICT;

-- A token of the API by its hash, a token of the test kit by its id.
CREATE TABLE token_tellings (
    token    TEXT   NOT NULL PRIMARY KEY,
    told_us  BIGINT NOT NULL
) STRICT;
CREATE INDEX api_tokens_by_end ON api_tokens (expires_us);
