-- What of `host` was written while nobody had set the clock, to be put right once it is (sensor.store.unsure). Empty at other times.
CREATE TABLE unsure_host (
    month        INTEGER NOT NULL,        -- of the row of `host`
    place        TEXT NOT NULL,
    device       INTEGER NOT NULL,
    class        TEXT NOT NULL,
    first        INTEGER NOT NULL,        -- of what was added: epoch minutes
    last         INTEGER NOT NULL,
    bytes_out    INTEGER NOT NULL,
    bytes_in     INTEGER NOT NULL,
    before_first INTEGER,                 -- of the row as it was before; NULL: there was none
    before_last  INTEGER,
    PRIMARY KEY (month, place, device)
) WITHOUT ROWID;
