-- Which apps hear that a session ended (OpenID Connect Back-Channel Logout), written in the unit that ends it.
-- Old code meanwhile: it ends sessions without telling anybody.
-- 'held' waits for the session that took the place of this one in the same browser to end.
CREATE TABLE backchannel_logouts (
    logout_id       TEXT   NOT NULL PRIMARY KEY,
    session_id      TEXT   NOT NULL,
    client_id       TEXT   NOT NULL,
    subject         TEXT   NOT NULL,
    request_id      TEXT   NOT NULL,
    state           TEXT   NOT NULL,
    holder          TEXT,
    attempts        BIGINT NOT NULL,
    run_at_us       BIGINT NOT NULL,
    locked_until_us BIGINT NOT NULL,
    created_us      BIGINT NOT NULL,
    done_us         BIGINT
) STRICT;
CREATE INDEX backchannel_logouts_due ON backchannel_logouts (run_at_us) WHERE state = 'waiting';
CREATE INDEX backchannel_logouts_running ON backchannel_logouts (client_id, locked_until_us) WHERE state = 'waiting';
CREATE INDEX backchannel_logouts_held ON backchannel_logouts (holder) WHERE state = 'held';
CREATE INDEX backchannel_logouts_by_age ON backchannel_logouts (created_us);
CREATE INDEX sessions_open_by_expiry ON sessions (expires_us) WHERE ended_us IS NULL;
