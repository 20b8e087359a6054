-- Request records: what apps asked of an environment, without personal data, and how often what was used.
-- Old code meanwhile: never looks at these tables.
-- client_* tables are an environment's own; the portal pulls them by seq into request_records, key_uses and request_uses.
-- Times are microseconds UTC. handle is '' where no app is registered under the client id that was sent.

CREATE TABLE client_feed (
    name     TEXT   NOT NULL PRIMARY KEY,
    last_seq BIGINT NOT NULL
) STRICT;

CREATE TABLE client_requests (
    seq           BIGINT NOT NULL PRIMARY KEY,
    at_us         BIGINT NOT NULL,
    request_id    TEXT   NOT NULL,
    flow          TEXT,
    step          TEXT   NOT NULL,
    outcome       TEXT   NOT NULL,
    code          TEXT,
    status        BIGINT NOT NULL,
    client_id     TEXT   NOT NULL,
    handle        TEXT   NOT NULL,
    revision_id   TEXT,
    redirect_host TEXT,
    key_id        TEXT,
    detail        TEXT   NOT NULL
) STRICT;
CREATE INDEX client_requests_by_app ON client_requests (handle, seq);
CREATE INDEX client_requests_by_time ON client_requests (at_us);

CREATE TABLE client_uses (
    handle  TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    value   TEXT   NOT NULL,
    day     TEXT   NOT NULL,
    uses    BIGINT NOT NULL,
    last_us BIGINT NOT NULL,
    seq     BIGINT NOT NULL,
    PRIMARY KEY (handle, kind, value, day)
) STRICT;
CREATE INDEX client_uses_by_seq ON client_uses (seq);
CREATE INDEX client_uses_by_day ON client_uses (day);

CREATE TABLE feed_cursors (
    environment TEXT   NOT NULL PRIMARY KEY,
    seq         BIGINT NOT NULL
) STRICT;

CREATE TABLE request_records (
    environment   TEXT   NOT NULL,
    seq           BIGINT NOT NULL,
    at_us         BIGINT NOT NULL,
    request_id    TEXT   NOT NULL,
    flow          TEXT,
    step          TEXT   NOT NULL,
    outcome       TEXT   NOT NULL,
    code          TEXT,
    status        BIGINT NOT NULL,
    client_id     TEXT   NOT NULL,
    handle        TEXT   NOT NULL,
    revision_id   TEXT,
    redirect_host TEXT,
    key_id        TEXT,
    detail        TEXT   NOT NULL,
    PRIMARY KEY (environment, seq)
) STRICT;
CREATE INDEX request_records_by_request ON request_records (request_id);
CREATE INDEX request_records_by_flow ON request_records (flow);
CREATE INDEX request_records_by_app ON request_records (environment, handle, seq);
CREATE INDEX request_records_by_host ON request_records (environment, handle, redirect_host, seq);
CREATE INDEX request_records_by_time ON request_records (at_us);

CREATE TABLE key_uses (
    environment TEXT   NOT NULL,
    handle      TEXT   NOT NULL,
    key_id      TEXT   NOT NULL,
    day         TEXT   NOT NULL,
    uses        BIGINT NOT NULL,
    last_us     BIGINT NOT NULL,
    PRIMARY KEY (environment, handle, key_id, day)
) STRICT;

CREATE TABLE request_uses (
    environment TEXT   NOT NULL,
    handle      TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    value       TEXT   NOT NULL,
    day         TEXT   NOT NULL,
    uses        BIGINT NOT NULL,
    last_us     BIGINT NOT NULL,
    PRIMARY KEY (environment, handle, kind, value, day)
) STRICT;
