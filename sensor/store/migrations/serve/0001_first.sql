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

-- The last word on each thing that the journal's decisions, exceptions, accounts and settings are about: derived from it.
CREATE TABLE current (
    id      INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,                -- of the entry
    subject TEXT NOT NULL,                -- an alert's id, an account's name…
    seq     INTEGER NOT NULL,             -- the entry's number
    body    TEXT NOT NULL,                -- JSON, as the entry says it
    UNIQUE (kind, subject)
);

-- Sign-ins, and those that were refused.
CREATE TABLE sign_in (
    id      INTEGER PRIMARY KEY,
    moment  INTEGER NOT NULL,             -- nanoseconds since the epoch
    account TEXT NOT NULL,                -- '' for the one-time link
    way     TEXT NOT NULL,                -- link, password…
    peer    TEXT NOT NULL,                -- the address it came from
    outcome TEXT NOT NULL                 -- opened, refused
);
CREATE INDEX sign_in_moment ON sign_in (moment);
