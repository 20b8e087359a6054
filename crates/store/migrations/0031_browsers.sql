-- Browsers that accounts know: in each, its person once signed in with every proof. Old code meanwhile: knows none.
-- token_hash is the keyed hash of a cookie that several people of one browser may share; sealed_details says where and
-- what it was last, for its owner alone. told_us: when the owner was told of it by mail.
CREATE TABLE browsers (
    browser_id     TEXT   NOT NULL PRIMARY KEY,
    person_id      TEXT   NOT NULL REFERENCES people (person_id),
    token_hash     TEXT   NOT NULL,
    sealed_details TEXT   NOT NULL,
    first_us       BIGINT NOT NULL,
    seen_us        BIGINT NOT NULL,
    told_us        BIGINT,
    UNIQUE (token_hash, person_id)
) STRICT;
CREATE INDEX browsers_by_person ON browsers (person_id, seen_us);
CREATE INDEX browsers_by_use ON browsers (seen_us);
