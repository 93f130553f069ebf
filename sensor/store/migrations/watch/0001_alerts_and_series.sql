-- Facts of the file itself: "change" grows with every committed alert, "series" with every committed batch.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO meta VALUES ('change', 0), ('series', 0);

-- The alerts as they are now. `body` is the whole alert (sensor.store.codec); the other columns are copies to search by.
CREATE TABLE alert (
    id         TEXT PRIMARY KEY,
    change     INTEGER NOT NULL,          -- the number of the commit that wrote it last
    first_seen INTEGER NOT NULL,          -- nanoseconds since the epoch, as last_seen
    last_seen  INTEGER NOT NULL,
    category   TEXT NOT NULL,
    severity   INTEGER NOT NULL,          -- 0 informational … 4 critical
    app        TEXT,
    rule       TEXT NOT NULL,
    device_ip  TEXT NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX alert_recent ON alert (last_seen DESC, id DESC);
CREATE INDEX alert_by_category ON alert (category, last_seen DESC, id DESC);

-- Traffic of one minute; `destination` is the class of destination, '' where it is not told.
CREATE TABLE series (
    minute      INTEGER NOT NULL,
    device_ip   TEXT NOT NULL,
    service     TEXT NOT NULL,
    destination TEXT NOT NULL,
    device_mac  TEXT,
    bytes_out   INTEGER NOT NULL,
    bytes_in    INTEGER NOT NULL,
    packets_out INTEGER NOT NULL,
    packets_in  INTEGER NOT NULL,
    flows       INTEGER NOT NULL,
    PRIMARY KEY (minute, device_ip, service, destination)
) WITHOUT ROWID;
