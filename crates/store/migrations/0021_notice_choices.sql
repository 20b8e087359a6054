-- How each kind of notice reaches a member, and the mail of a day.
-- Old code meanwhile: its notices are mailed at once, as before; it knows no choices.
-- Times are microseconds UTC; days are ISO text in the programme's zone.

-- `at-once`, `digest` or `portal`: fixed when the notice is written. The day is the one of the mail that took it.
ALTER TABLE notices ADD COLUMN delivery TEXT NOT NULL DEFAULT 'at-once';
ALTER TABLE notices ADD COLUMN digest_day TEXT;
CREATE INDEX notices_to_digest ON notices (member_id) WHERE delivery = 'digest' AND digest_day IS NULL AND sent_us IS NULL;
CREATE INDEX notices_of_digest ON notices (member_id, digest_day) WHERE digest_day IS NOT NULL;

CREATE TABLE notice_choices (
    member_id  TEXT   NOT NULL REFERENCES members (member_id),
    kind       TEXT   NOT NULL,
    delivery   TEXT   NOT NULL,
    changed_us BIGINT NOT NULL,
    PRIMARY KEY (member_id, kind)
) STRICT;

-- One row is one mail: nobody gets two for a day.
CREATE TABLE notice_digests (
    member_id  TEXT   NOT NULL REFERENCES members (member_id),
    on_day     TEXT   NOT NULL,
    address    TEXT   NOT NULL,
    language   TEXT   NOT NULL,
    created_us BIGINT NOT NULL,
    run_at_us  BIGINT NOT NULL,
    attempts   BIGINT NOT NULL,
    locked_until_us BIGINT NOT NULL,
    sent_us    BIGINT,
    failed_us  BIGINT,
    last_error TEXT,
    PRIMARY KEY (member_id, on_day)
) STRICT;
CREATE INDEX notice_digests_to_send ON notice_digests (run_at_us) WHERE sent_us IS NULL AND failed_us IS NULL;

-- Certificates of live apps that end within months or have ended, as they were last read: first pages count them without
-- reading documents.
CREATE TABLE key_ends (
    handle      TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL,
    team        TEXT   NOT NULL,
    app_name    TEXT   NOT NULL,
    ends_us     BIGINT NOT NULL,
    seen_us     BIGINT NOT NULL,
    PRIMARY KEY (handle, environment, fingerprint)
) STRICT;
CREATE INDEX key_ends_by_end ON key_ends (ends_us);
CREATE INDEX key_ends_by_team ON key_ends (team, ends_us);
CREATE INDEX key_ends_by_age ON key_ends (seen_us);
