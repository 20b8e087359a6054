-- Addresses that people asked to add to their account and did not confirm yet. Old code meanwhile: adds none.
CREATE TABLE email_claims (
    claim_id     TEXT   NOT NULL PRIMARY KEY,
    person_id    TEXT   NOT NULL REFERENCES people (person_id),
    sealed_email TEXT   NOT NULL,
    link_hash    TEXT   NOT NULL UNIQUE,
    code_hash    TEXT   NOT NULL,
    created_us   BIGINT NOT NULL,
    expires_us   BIGINT NOT NULL
) STRICT;
CREATE INDEX email_claims_by_person ON email_claims (person_id, created_us);
CREATE INDEX email_claims_by_expiry ON email_claims (expires_us);
