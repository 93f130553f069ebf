-- Bodies are packed (sensor.store.packed), a digest is kept where its body is not, digits are kept as bytes: a quarter of the room.
-- What is not as Vigie wrote it goes over as it is, so that the check of the chain still finds it.
ALTER TABLE journal RENAME TO journal_before;
DROP INDEX journal_of;
CREATE TABLE journal (
    seq       INTEGER PRIMARY KEY,        -- 1, 2, 3… without a gap
    kind      TEXT NOT NULL,
    subject   TEXT NOT NULL,              -- what it is about: an alert's id
    written   INTEGER NOT NULL,           -- wall clock, nanoseconds since the epoch
    boot      NOT NULL,                   -- the kernel's boot id (16 bytes), and its clock that nobody sets, in nanoseconds
    monotonic INTEGER NOT NULL,
    key       NOT NULL,                   -- id of the key that signed it (8 bytes)
    digest    BLOB,                       -- SHA-256 of the body, once that is erased
    mac       BLOB NOT NULL,              -- HMAC-SHA-256 over all of the above and the entry before
    body      BLOB                        -- RFC 8785 canonical JSON, packed; NULL once erased
);
INSERT INTO journal SELECT seq, kind, subject, written,
    CASE typeof(boot) WHEN 'text' THEN coalesce(short_boot(CAST(boot AS BLOB)), boot) ELSE boot END, monotonic,
    CASE typeof(key) WHEN 'text' THEN coalesce(short_key(CAST(key AS BLOB)), key) ELSE key END,
    CASE typeof(body) WHEN 'text' THEN unsaid(digest, CAST(body AS BLOB)) ELSE digest END, mac,
    CASE typeof(body) WHEN 'text' THEN coalesce(packed(CAST(body AS BLOB)), body) ELSE body END
    FROM journal_before ORDER BY seq;
DROP TABLE journal_before;
CREATE INDEX journal_of ON journal (subject, seq);

ALTER TABLE alert RENAME TO alert_before;
DROP INDEX alert_recent;
DROP INDEX alert_by_category;
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
INSERT INTO alert SELECT id, change, first_seen, last_seen, category, severity, app, rule, device_ip,
    CASE typeof(body) WHEN 'text' THEN coalesce(packed(CAST(body AS BLOB)), body) ELSE body END
    FROM alert_before ORDER BY rowid;
DROP TABLE alert_before;
CREATE INDEX alert_recent ON alert (last_seen DESC, severity);
CREATE INDEX alert_by_category ON alert (category, last_seen DESC, severity);
CREATE INDEX alert_by_change ON alert (change);  -- what was written since: what the relay ships
