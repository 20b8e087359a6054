-- Documents that teams keep as evidence for launches, and comments of reviews.
-- Old code meanwhile: it reads and writes none of this, and judges launches without documents.
-- Days are texts such as 2026-11-30. Times are microseconds UTC. A removed document keeps its row, without its content.

CREATE TABLE evidence (
    evidence_id TEXT   NOT NULL PRIMARY KEY,
    handle      TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    document_id TEXT   NOT NULL,
    issued      TEXT   NOT NULL,
    expires     TEXT   NOT NULL,
    media_type  TEXT   NOT NULL,
    size        BIGINT NOT NULL,
    sha256      TEXT   NOT NULL,
    content     BYTES,
    kept_by     TEXT   NOT NULL,
    kept_us     BIGINT NOT NULL,
    removed_by  TEXT   NOT NULL,
    removed_us  BIGINT
) STRICT;
CREATE INDEX evidence_by_app ON evidence (handle, environment, kept_us);

CREATE TABLE launch_comments (
    comment_id TEXT   NOT NULL PRIMARY KEY,
    launch_id  TEXT   NOT NULL REFERENCES launches (launch_id),
    path       TEXT   NOT NULL,
    author     TEXT   NOT NULL,
    side       TEXT   NOT NULL,
    words      TEXT   NOT NULL,
    written_us BIGINT NOT NULL,
    told_us    BIGINT,
    closed_by  TEXT   NOT NULL,
    closed_us  BIGINT
) STRICT;
CREATE INDEX launch_comments_by_launch ON launch_comments (launch_id, written_us);
