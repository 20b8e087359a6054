-- Refresh tokens of apps: each is good once, and all of one authorization end together (RFC 9700 4.14). An authorization or
-- a consent that is offline outlives the session (OpenID Connect Core 11). An access token without a scope has that of its
-- authorization. Old code meanwhile: gives no refresh tokens, and all that it makes ends with the session.
CREATE TABLE refresh_tokens (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    grant_id   TEXT   NOT NULL,
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    spent_us   BIGINT,
    -- The key that it is bound to (RFC 9449 5).
    jkt        TEXT
) STRICT;
CREATE INDEX refresh_tokens_by_grant ON refresh_tokens (grant_id);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_us);

ALTER TABLE grants ADD COLUMN offline BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE consents ADD COLUMN offline BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE access_tokens ADD COLUMN scope TEXT;
CREATE INDEX grants_by_person ON grants (person_id);
