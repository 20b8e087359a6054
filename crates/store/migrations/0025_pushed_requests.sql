-- Authorization requests that apps leave before their browsers come (RFC 9126), sealed; each is read once.
-- Old code meanwhile: it takes no pushed requests and leaves the table alone.
CREATE TABLE pushed_requests (
    uri_hash   TEXT   NOT NULL PRIMARY KEY,
    client_id  TEXT   NOT NULL,
    sealed     TEXT   NOT NULL,
    expires_us BIGINT NOT NULL
) STRICT;
CREATE INDEX pushed_requests_by_expiry ON pushed_requests (expires_us);
