-- The test kit of test-class environments: automation tokens of teams, their test people, faults and clocks.
-- Old code meanwhile: reads and writes none of it. Live-class environments never write here.

CREATE TABLE test_tokens (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    token_id   TEXT   NOT NULL UNIQUE,
    team       TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    made_by    TEXT   NOT NULL,
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    used_us    BIGINT,
    revoked_us BIGINT
) STRICT;
CREATE INDEX test_tokens_by_team ON test_tokens (team);

-- owner is a team's handle after "team:", or "environment". sealed is what the person was made with, as JSON.
CREATE TABLE test_personas (
    person_id  TEXT   NOT NULL PRIMARY KEY REFERENCES people (person_id),
    owner      TEXT   NOT NULL,
    app        TEXT   NOT NULL,
    sealed     TEXT   NOT NULL,
    created_us BIGINT NOT NULL,
    reset_us   BIGINT
) STRICT;
CREATE INDEX test_personas_by_owner ON test_personas (owner, created_us);

-- A fault plays while some plays are left and its time is not over.
CREATE TABLE test_faults (
    fault_id   TEXT   NOT NULL PRIMARY KEY,
    client_id  TEXT   NOT NULL,
    team       TEXT   NOT NULL,
    content    TEXT   NOT NULL,
    plays_left BIGINT NOT NULL,
    played     BIGINT NOT NULL,
    until_us   BIGINT NOT NULL,
    created_us BIGINT NOT NULL
) STRICT;
CREATE INDEX test_faults_by_team ON test_faults (team);
CREATE INDEX test_faults_by_end ON test_faults (until_us);

-- How far the people of an owner were moved ahead; app is empty for all of them.
CREATE TABLE test_clocks (
    owner      TEXT   NOT NULL,
    app        TEXT   NOT NULL,
    shift_us   BIGINT NOT NULL,
    PRIMARY KEY (owner, app)
) STRICT;
