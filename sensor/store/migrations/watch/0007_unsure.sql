-- What was written while nobody had set the clock, to be put right once it is (sensor.store.unsure). Empty at other times.
CREATE TABLE unsure (
    alert TEXT PRIMARY KEY,
    first INTEGER NOT NULL                -- 1: its first moment too, 0: it began before
) WITHOUT ROWID;
CREATE TABLE unsure_traffic (             -- a copy of these rows of traffic
    minute      INTEGER NOT NULL,
    ip          TEXT NOT NULL,
    service     TEXT NOT NULL,
    destination TEXT NOT NULL,
    mac         TEXT,
    bytes_out   INTEGER NOT NULL,
    bytes_in    INTEGER NOT NULL,
    packets_out INTEGER NOT NULL,
    packets_in  INTEGER NOT NULL,
    flows       INTEGER NOT NULL,
    PRIMARY KEY (minute, ip, service, destination)
) WITHOUT ROWID;
-- The boot they are of (a number made of its id), and how far the wall clock then was from the machine's own, in nanoseconds.
INSERT INTO meta VALUES ('unsure_boot', 0), ('unsure_offset', 0);
