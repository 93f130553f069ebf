-- What was told and done, never changed: sensor.store.journal says what the chain covers. The table `alert` is derived from it.
CREATE TABLE journal (
    seq       INTEGER PRIMARY KEY,        -- 1, 2, 3… without a gap
    kind      TEXT NOT NULL,
    subject   TEXT NOT NULL,              -- what it is about: an alert's id
    written   INTEGER NOT NULL,           -- wall clock, nanoseconds since the epoch
    boot      TEXT NOT NULL,              -- the kernel's boot id, and its clock that nobody sets, in nanoseconds
    monotonic INTEGER NOT NULL,
    key       TEXT NOT NULL,              -- id of the key that signed it
    digest    BLOB NOT NULL,              -- SHA-256 of body: stays when the body is erased
    mac       BLOB NOT NULL,              -- HMAC-SHA-256 over all of the above and the entry before
    body      TEXT                        -- RFC 8785 canonical JSON; NULL once erased
);
CREATE INDEX journal_of ON journal (subject, seq);
