-- Requests by time: the first page of staff shows the newest of all.
-- Old code meanwhile: reads and writes as before.

CREATE INDEX launches_by_time ON launches (created_us);
