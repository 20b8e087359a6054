-- Drafts have a name, a version that guards against two people at once, and who saved them last.
-- Old code meanwhile: it writes drafts without these columns; such a draft keeps its version, so that its editor is not guarded.

ALTER TABLE drafts ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE drafts ADD COLUMN editor TEXT NOT NULL DEFAULT '';
ALTER TABLE drafts ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE drafts ADD COLUMN created_us BIGINT NOT NULL DEFAULT 0;
