-- Access tokens of apps themselves (RFC 6749 4.4), without a person. Old code meanwhile: gives none and knows none.
CREATE TABLE client_tokens (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    client_id  TEXT   NOT NULL,
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    revoked_us BIGINT,
    jkt        TEXT
) STRICT;
CREATE INDEX client_tokens_by_client ON client_tokens (client_id);
CREATE INDEX client_tokens_by_expiry ON client_tokens (expires_us);
