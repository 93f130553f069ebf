-- Devices and words by number: a row of traffic is then thirty bytes instead of ninety.
CREATE TABLE device (
    id   INTEGER PRIMARY KEY,
    ip   TEXT NOT NULL,
    mac  TEXT NOT NULL,                   -- '' where it is not known
    last INTEGER NOT NULL,                -- the day's first minute (UTC) in which it was last seen: it leaves with its figures
    UNIQUE (ip, mac)
);
CREATE TABLE name (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE             -- of a service or of a class of destination
);

-- Traffic by level, which sensor.store.traffic lists: a minute's, then what is summed from it. device 0: all of them together.
CREATE TABLE traffic (
    level       INTEGER NOT NULL,
    start       INTEGER NOT NULL,         -- epoch minute
    device      INTEGER NOT NULL,
    service     INTEGER NOT NULL,
    destination INTEGER NOT NULL,
    bytes_out   INTEGER NOT NULL,
    bytes_in    INTEGER NOT NULL,
    packets_out INTEGER NOT NULL,
    packets_in  INTEGER NOT NULL,
    flows       INTEGER NOT NULL,
    PRIMARY KEY (level, start, device, service, destination)
) WITHOUT ROWID;

INSERT INTO device (ip, mac, last) SELECT device_ip, coalesce(device_mac, ''), max(minute) - max(minute) % 1440
    FROM series GROUP BY 1, 2;
INSERT INTO name (text) SELECT service FROM series UNION SELECT destination FROM series;
INSERT INTO traffic SELECT 0, minute, d.id, s.id, t.id, bytes_out, bytes_in, packets_out, packets_in, flows
    FROM series JOIN device d ON d.ip = device_ip AND d.mac = coalesce(device_mac, '')
    JOIN name s ON s.text = service JOIN name t ON t.text = destination;
DROP TABLE series;
CREATE VIEW series AS SELECT start AS minute, d.ip AS device_ip, s.text AS service, t.text AS destination,
    nullif(d.mac, '') AS device_mac, bytes_out, bytes_in, packets_out, packets_in, flows
    FROM traffic JOIN device d ON d.id = device JOIN name s ON s.id = service JOIN name t ON t.id = destination
    WHERE level = 0;

-- Before "rolled" (epoch minute) all minutes are summed into the other levels. "retained": when retention last ended, in
-- seconds; "verified": the same of the check of the chain.
INSERT INTO meta VALUES ('rolled', 0), ('retained', 0), ('verified', 0);

-- The inbox asks by severity too: it is answered from the index, and only what is shown is fetched.
DROP INDEX alert_recent;
CREATE INDEX alert_recent ON alert (last_seen DESC, id DESC, severity);
DROP INDEX alert_by_category;
CREATE INDEX alert_by_category ON alert (category, last_seen DESC, id DESC, severity);
