-- Technical support tickets with their conversations.
-- Old code meanwhile: it reads and writes none of these.
-- Times are microseconds UTC.

CREATE TABLE tickets (
    ticket_id  TEXT   NOT NULL PRIMARY KEY,
    team       TEXT   NOT NULL REFERENCES teams (handle),
    category   TEXT   NOT NULL,
    handle     TEXT   NOT NULL,
    request_id TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    opened_by  TEXT   NOT NULL REFERENCES members (member_id),
    opened_us  BIGINT NOT NULL,
    changed_us BIGINT NOT NULL
) STRICT;
CREATE INDEX tickets_by_team ON tickets (team, changed_us);
CREATE INDEX tickets_by_age ON tickets (changed_us);
-- One answer, or one change of state: then `moved_to` is set and the text is empty. `mail_ref` is the hash of a mail's
-- Message-ID: the same mail counts once.
CREATE TABLE ticket_messages (
    message_id TEXT   NOT NULL PRIMARY KEY,
    ticket_id  TEXT   NOT NULL REFERENCES tickets (ticket_id),
    author     TEXT   NOT NULL REFERENCES members (member_id),
    side       TEXT   NOT NULL,
    via        TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    moved_to   TEXT   NOT NULL,
    mail_ref   TEXT,
    created_us BIGINT NOT NULL,
    UNIQUE (ticket_id, mail_ref)
) STRICT;
CREATE INDEX ticket_messages_in_order ON ticket_messages (ticket_id, created_us);
-- Who may answer a ticket by mail: a keyed hash of the token in the reply address.
CREATE TABLE ticket_replies (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    ticket_id  TEXT   NOT NULL REFERENCES tickets (ticket_id),
    member_id  TEXT   NOT NULL REFERENCES members (member_id),
    created_us BIGINT NOT NULL
) STRICT;
