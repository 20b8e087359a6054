-- What the portal tells its members, when a key's end was told, and webhooks with their deliveries.
-- Old code meanwhile: it reads and writes none of these.
-- Times are microseconds UTC.

-- The language that a member's mail is written in: the one they last used.
CREATE TABLE member_languages (
    member_id TEXT NOT NULL PRIMARY KEY REFERENCES members (member_id),
    language  TEXT NOT NULL
) STRICT;
-- One notice to one member, or to an address outside the portal. It is mailed once and shown until it is old.
CREATE TABLE notices (
    notice_id  TEXT   NOT NULL PRIMARY KEY,
    member_id  TEXT,
    address    TEXT   NOT NULL,
    language   TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    link       TEXT   NOT NULL,
    detail     TEXT   NOT NULL,
    created_us BIGINT NOT NULL,
    read_us    BIGINT,
    run_at_us  BIGINT NOT NULL,
    attempts   BIGINT NOT NULL,
    locked_until_us BIGINT NOT NULL,
    sent_us    BIGINT,
    failed_us  BIGINT,
    last_error TEXT
) STRICT;
CREATE INDEX notices_by_member ON notices (member_id, created_us);
CREATE INDEX notices_to_send ON notices (run_at_us) WHERE sent_us IS NULL AND failed_us IS NULL;
CREATE INDEX notices_unread ON notices (member_id) WHERE read_us IS NULL;

-- Which days before its end a key was told of: one row is one telling.
CREATE TABLE key_expiry_told (
    handle      TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL,
    threshold   BIGINT NOT NULL,
    told_us     BIGINT NOT NULL,
    PRIMARY KEY (handle, environment, fingerprint, threshold)
) STRICT;

-- A team's endpoint. `events` are event types, separated by spaces, or a star. Disabled: `disabled_us` is set.
CREATE TABLE webhooks (
    webhook_id  TEXT   NOT NULL PRIMARY KEY,
    team        TEXT   NOT NULL REFERENCES teams (handle),
    url         TEXT   NOT NULL,
    description TEXT   NOT NULL,
    events      TEXT   NOT NULL,
    sealed_secret   TEXT NOT NULL,
    sealed_previous TEXT,
    previous_until_us BIGINT,
    failures    BIGINT NOT NULL,
    disabled_us BIGINT,
    disabled_why TEXT,
    deleted_us  BIGINT,
    version     BIGINT NOT NULL,
    created_by  TEXT   NOT NULL,
    created_us  BIGINT NOT NULL
) STRICT;
CREATE INDEX webhooks_by_team ON webhooks (team, created_us);
-- What happened, once; each endpoint that wants it has a delivery.
CREATE TABLE webhook_messages (
    message_id TEXT   NOT NULL PRIMARY KEY,
    team       TEXT   NOT NULL,
    event      TEXT   NOT NULL,
    payload    TEXT   NOT NULL,
    created_us BIGINT NOT NULL
) STRICT;
CREATE INDEX webhook_messages_by_age ON webhook_messages (created_us);
-- `state`: waiting, delivered, failed, cancelled.
CREATE TABLE webhook_deliveries (
    delivery_id TEXT   NOT NULL PRIMARY KEY,
    webhook_id  TEXT   NOT NULL REFERENCES webhooks (webhook_id),
    message_id  TEXT   NOT NULL REFERENCES webhook_messages (message_id),
    event       TEXT   NOT NULL,
    replay_of   TEXT,
    state       TEXT   NOT NULL,
    attempts    BIGINT NOT NULL,
    run_at_us   BIGINT NOT NULL,
    locked_until_us BIGINT NOT NULL,
    created_us  BIGINT NOT NULL,
    done_us     BIGINT
) STRICT;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (run_at_us) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, created_us);
CREATE INDEX webhook_deliveries_by_message ON webhook_deliveries (message_id);
CREATE TABLE webhook_attempts (
    delivery_id TEXT   NOT NULL REFERENCES webhook_deliveries (delivery_id),
    number      BIGINT NOT NULL,
    time_us     BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    status      BIGINT,
    error       TEXT,
    answer      TEXT   NOT NULL,
    PRIMARY KEY (delivery_id, number)
) STRICT;
