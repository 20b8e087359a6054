-- Tokens of one team with scopes, and answers kept for repeated calls.
-- Old code meanwhile: would take a scoped token for one without limits; so old nodes are stopped first.

ALTER TABLE api_tokens ADD COLUMN team TEXT NOT NULL DEFAULT '';
ALTER TABLE api_tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
CREATE INDEX api_tokens_by_team ON api_tokens (team);

-- A call with an Idempotency-Key: one is begun, and its answer is given again. The answer is sealed: it may hold a secret.
CREATE TABLE repeated_calls (
    call_hash    TEXT   NOT NULL PRIMARY KEY,
    request_hash TEXT   NOT NULL,
    begun_us     BIGINT NOT NULL,
    status       BIGINT,
    sealed       TEXT
) STRICT;
CREATE INDEX repeated_calls_by_time ON repeated_calls (begun_us);
