-- The generations of the keys that seal and fingerprint what is stored; without a row the first is used alone.
-- Old code meanwhile: uses the first generation, so a rotation is begun only when every node runs this.
-- state is next (read by all, used by none), current, retiring (read while rows are still under it) or retired.
CREATE TABLE sealing_keys (
    generation BIGINT NOT NULL PRIMARY KEY,
    state      TEXT   NOT NULL,
    -- How many rows were under the key before, when this one became current.
    rows_total BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    changed_us BIGINT NOT NULL
) STRICT;
