-- Secrets of apps: keyed hashes, for one environment each. Old code meanwhile: no app proves itself by a secret.
CREATE TABLE client_secrets (
    secret_hash TEXT   NOT NULL PRIMARY KEY,
    secret_id   TEXT   NOT NULL UNIQUE,
    handle      TEXT   NOT NULL,
    client_id   TEXT   NOT NULL,
    made_by     TEXT   NOT NULL,
    created_us  BIGINT NOT NULL,
    expires_us  BIGINT,
    used_us     BIGINT,
    ended_us    BIGINT
) STRICT;
CREATE INDEX client_secrets_by_client ON client_secrets (client_id);
