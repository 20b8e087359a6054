-- Long lists: apps found by a word of their names, and the owner of a client id found without reading all apps.
-- Old code meanwhile: it does not write app_words, so an app that it saves is found by its handle alone until the next save.

CREATE INDEX installed_apps_by_issuer ON installed_apps (issuer);

-- What a search looks in: handle, names and issuer in small letters.
CREATE TABLE app_words (
    handle      TEXT NOT NULL,
    environment TEXT NOT NULL,
    words       TEXT NOT NULL,
    PRIMARY KEY (handle, environment)
) STRICT;
