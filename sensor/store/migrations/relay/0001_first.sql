-- Facts of the file itself: "change" grows with every committed alert; "retained" and "verified": when retention and the check
-- of the chain last ended, in seconds.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO meta VALUES ('change', 0), ('retained', 0), ('verified', 0);

-- What this process says of itself (category health), as in watch's file.
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
    body       BLOB NOT NULL              -- the whole alert (sensor.store.codec)
);
CREATE INDEX alert_recent ON alert (last_seen DESC, severity);
CREATE INDEX alert_by_category ON alert (category, last_seen DESC, severity);
CREATE INDEX alert_by_change ON alert (change);

-- What was told and done, never changed: sensor.store.journal says what the chain covers.
CREATE TABLE journal (
    seq       INTEGER PRIMARY KEY,        -- 1, 2, 3… without a gap
    kind      TEXT NOT NULL,
    subject   TEXT NOT NULL,
    written   INTEGER NOT NULL,           -- wall clock, nanoseconds since the epoch
    boot      NOT NULL,                   -- the kernel's boot id (16 bytes), and its clock that nobody sets, in nanoseconds
    monotonic INTEGER NOT NULL,
    key       NOT NULL,                   -- id of the key that signed it (8 bytes)
    digest    BLOB,                       -- SHA-256 of the body, once that is erased
    mac       BLOB NOT NULL,              -- HMAC-SHA-256 over all of the above and the entry before
    body      BLOB                        -- RFC 8785 canonical JSON, packed (sensor.store.packed); NULL once erased
);
CREATE INDEX journal_of ON journal (subject, seq);

-- How far each kind of thing was shipped to each target.
CREATE TABLE cursors (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    position TEXT NOT NULL,               -- the relay's own words
    moved    INTEGER NOT NULL             -- nanoseconds since the epoch
);

-- What waits to be sent, in order of `id`; a sent one stays until retention takes it, so that nothing is sent twice.
CREATE TABLE outbox (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,         -- what makes it the same thing: putting it twice puts it once
    target  TEXT NOT NULL,                -- mail, influx…
    body    BLOB NOT NULL,
    made    INTEGER NOT NULL,             -- nanoseconds since the epoch, as the following
    due     INTEGER NOT NULL,             -- not to be tried before
    tries   INTEGER NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT '',     -- why the last try failed
    ended   INTEGER,                      -- sent, or set aside
    outcome TEXT                          -- sent, aside
);
CREATE INDEX outbox_waiting ON outbox (target, due, id) WHERE ended IS NULL;
