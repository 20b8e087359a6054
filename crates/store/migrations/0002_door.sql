-- The door: people, their authenticators and sessions, grants and tokens, and the release an environment serves.
-- Old code meanwhile: none, this is the first schema.
-- Times are microseconds UTC. *_hash and *_digest columns are keyed hashes; sealed_* columns are AEAD envelopes
-- whose additional data is table, column and row id. What belongs to a person is sealed under the person's data key,
-- which is sealed under the environment's key: without it nothing of the person can be read any more.

CREATE TABLE people (
    person_id    TEXT   NOT NULL PRIMARY KEY,
    status       TEXT   NOT NULL,
    password_phc TEXT,
    language     TEXT   NOT NULL,
    persona_of   TEXT,
    sealed_data_key   TEXT,
    sealed_attributes TEXT,
    verified_us  BIGINT,
    created_us   BIGINT NOT NULL
) STRICT;

CREATE TABLE person_emails (
    email_digest TEXT   NOT NULL PRIMARY KEY,
    person_id    TEXT   NOT NULL REFERENCES people (person_id),
    sealed_email TEXT   NOT NULL,
    confirmed_us BIGINT NOT NULL,
    -- When its owner made it the primary one, last.
    primary_us   BIGINT
) STRICT;
CREATE INDEX person_emails_by_person ON person_emails (person_id);

CREATE TABLE authenticators (
    authenticator_id TEXT   NOT NULL PRIMARY KEY,
    person_id        TEXT   NOT NULL REFERENCES people (person_id),
    kind             TEXT   NOT NULL,
    sealed_name      TEXT   NOT NULL,
    sealed_secret    TEXT   NOT NULL,
    -- What finds it without its owner: a credential's id, a certificate. The digest is keyed; the text lets it be made
    -- again with another key.
    lookup_digest    TEXT   UNIQUE,
    sealed_lookup    TEXT,
    last_step        BIGINT NOT NULL,
    created_us       BIGINT NOT NULL,
    used_us          BIGINT
) STRICT;
CREATE INDEX authenticators_by_person ON authenticators (person_id);

-- What one browser is in the middle of: a stored authorization request and a journey. Bound to the flow cookie.
CREATE TABLE flows (
    flow_hash      TEXT   NOT NULL PRIMARY KEY,
    request        TEXT,
    sealed_journey TEXT,
    -- What a set-up or a challenge keeps from one page to the next.
    sealed_scratch TEXT,
    created_us     BIGINT NOT NULL,
    expires_us     BIGINT NOT NULL
) STRICT;
CREATE INDEX flows_by_expiry ON flows (expires_us);

-- A confirmation that was mailed: the link's token and the code, both for the flow that asked.
CREATE TABLE confirmations (
    link_hash    TEXT   NOT NULL PRIMARY KEY,
    flow_hash    TEXT   NOT NULL,
    code_hash    TEXT   NOT NULL,
    sealed_email TEXT   NOT NULL,
    purpose      TEXT   NOT NULL,
    expires_us   BIGINT NOT NULL,
    confirmed_us BIGINT,
    spent_us     BIGINT
) STRICT;
CREATE INDEX confirmations_by_flow ON confirmations (flow_hash);
CREATE INDEX confirmations_by_expiry ON confirmations (expires_us);

CREATE TABLE sessions (
    session_hash TEXT   NOT NULL PRIMARY KEY,
    session_id   TEXT   NOT NULL UNIQUE,
    person_id    TEXT   NOT NULL REFERENCES people (person_id),
    aal          TEXT   NOT NULL,
    -- What was proved; amr names the same by RFC 8176.
    methods      TEXT   NOT NULL,
    amr          TEXT   NOT NULL,
    auth_us      BIGINT NOT NULL,
    -- When a second factor was last proved; 0 for never.
    factor_us    BIGINT NOT NULL,
    created_us   BIGINT NOT NULL,
    seen_us      BIGINT NOT NULL,
    expires_us   BIGINT NOT NULL,
    ended_us     BIGINT
) STRICT;
CREATE INDEX sessions_by_person ON sessions (person_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_us);

CREATE TABLE consents (
    person_id  TEXT   NOT NULL REFERENCES people (person_id),
    client_id  TEXT   NOT NULL,
    attributes TEXT   NOT NULL,
    -- Since when without a break; given_us is when it was last agreed to.
    since_us   BIGINT NOT NULL,
    given_us   BIGINT NOT NULL,
    revoked_us BIGINT,
    -- The address that the person chose for the client; none is the oldest one. It follows a digest made with another key.
    email_digest TEXT REFERENCES person_emails (email_digest) ON UPDATE CASCADE ON DELETE SET NULL,
    -- The last sign-in, to the minute, and the level that it was answered at.
    used_us    BIGINT,
    used_level TEXT,
    PRIMARY KEY (person_id, client_id)
) STRICT;
CREATE INDEX consents_by_email ON consents (email_digest);

-- Pairwise subject: one per person and agency, never reused (OpenID Connect Core 8.1).
CREATE TABLE subjects (
    person_id TEXT NOT NULL,
    agency    TEXT NOT NULL,
    subject   TEXT NOT NULL UNIQUE,
    PRIMARY KEY (person_id, agency)
) STRICT;

-- One authorization: the code and what it is bound to. Spent by a guarded update (RFC 6749 4.1.2).
CREATE TABLE grants (
    grant_id       TEXT   NOT NULL PRIMARY KEY,
    code_hash      TEXT   NOT NULL UNIQUE,
    client_id      TEXT   NOT NULL,
    redirect_uri   TEXT   NOT NULL,
    code_challenge TEXT,
    person_id      TEXT   NOT NULL,
    session_id     TEXT   NOT NULL,
    subject        TEXT   NOT NULL,
    scope          TEXT   NOT NULL,
    nonce          TEXT,
    acr            TEXT   NOT NULL,
    achieved       TEXT   NOT NULL,
    auth_us        BIGINT NOT NULL,
    created_us     BIGINT NOT NULL,
    expires_us     BIGINT NOT NULL,
    spent_us       BIGINT,
    revoked_us     BIGINT
) STRICT;
CREATE INDEX grants_by_session ON grants (session_id);
CREATE INDEX grants_by_expiry ON grants (expires_us);

CREATE TABLE access_tokens (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    grant_id   TEXT   NOT NULL,
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    revoked_us BIGINT,
    -- The thumbprint of the key that the token is bound to (RFC 9449).
    jkt        TEXT
) STRICT;
CREATE INDEX access_tokens_by_grant ON access_tokens (grant_id);
CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_us);

-- Client assertions seen: a jti is accepted once within its life (RFC 7523 3).
CREATE TABLE assertion_ids (
    client_id  TEXT   NOT NULL,
    jti_digest TEXT   NOT NULL,
    expires_us BIGINT NOT NULL,
    PRIMARY KEY (client_id, jti_digest)
) STRICT;
CREATE INDEX assertion_ids_by_expiry ON assertion_ids (expires_us);

-- Proofs of possession seen: one counts once within its life (RFC 9449 11.1).
CREATE TABLE proof_ids (
    proof_digest TEXT   NOT NULL PRIMARY KEY,
    expires_us   BIGINT NOT NULL
) STRICT;
CREATE INDEX proof_ids_by_expiry ON proof_ids (expires_us);

-- Keys of this database's owner: identity-provider signing keys in an environment, release keys in the portal.
CREATE TABLE signing_keys (
    kid         TEXT   NOT NULL PRIMARY KEY,
    purpose     TEXT   NOT NULL,
    algorithm   TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    sealed_key  TEXT   NOT NULL,
    created_us  BIGINT NOT NULL,
    changed_us  BIGINT NOT NULL
) STRICT;

-- Test-class environments keep what they sent, for the inbox. Live-class environments never write here.
CREATE TABLE inbox (
    message_id TEXT   NOT NULL PRIMARY KEY,
    to_digest  TEXT   NOT NULL,
    sealed     TEXT   NOT NULL,
    time_us    BIGINT NOT NULL
) STRICT;
CREATE INDEX inbox_by_recipient ON inbox (to_digest, time_us);

-- The releases this environment accepted, and the state they add up to.
CREATE TABLE installed_releases (
    sequence     BIGINT NOT NULL PRIMARY KEY,
    signed       TEXT   NOT NULL,
    digest       TEXT   NOT NULL,
    root         TEXT   NOT NULL,
    installed_us BIGINT NOT NULL
) STRICT;
CREATE TABLE installed_apps (
    handle   TEXT   NOT NULL PRIMARY KEY,
    issuer   TEXT   NOT NULL,
    agency   TEXT   NOT NULL,
    revision TEXT   NOT NULL,
    document TEXT   NOT NULL,
    digest   TEXT   NOT NULL,
    sequence BIGINT NOT NULL
) STRICT;
CREATE INDEX installed_apps_by_sequence ON installed_apps (sequence);
CREATE TABLE logos (
    digest     TEXT NOT NULL PRIMARY KEY,
    media_type TEXT NOT NULL,
    base64     TEXT NOT NULL
) STRICT;
