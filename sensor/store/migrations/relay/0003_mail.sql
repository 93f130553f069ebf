-- Mails in the outbox: what they tell, to whom, and what the server last said of each.
ALTER TABLE outbox ADD COLUMN kind TEXT NOT NULL DEFAULT '';       -- alert, ended, digest, week, test, report…
ALTER TABLE outbox ADD COLUMN about TEXT NOT NULL DEFAULT '';      -- the alert, the week or the month it tells of
ALTER TABLE outbox ADD COLUMN recipient TEXT NOT NULL DEFAULT '';  -- a hash of the address
ALTER TABLE outbox ADD COLUMN domain TEXT NOT NULL DEFAULT '';     -- of the address, for people to read
ALTER TABLE outbox ADD COLUMN message TEXT NOT NULL DEFAULT '';    -- Message-ID: the same at each try
ALTER TABLE outbox ADD COLUMN size INTEGER NOT NULL DEFAULT 0;     -- bytes, before the body is let go
ALTER TABLE outbox ADD COLUMN tried INTEGER;                       -- when last, nanoseconds since the epoch
ALTER TABLE outbox ADD COLUMN answer TEXT NOT NULL DEFAULT '';     -- the server's last words, good or bad
CREATE INDEX outbox_of ON outbox (recipient, made);

-- Which alert was told to whom, so that none is told twice and later mails join the first one's thread.
CREATE TABLE told (
    id        INTEGER PRIMARY KEY,
    alert     TEXT NOT NULL,
    recipient TEXT NOT NULL,
    severity  INTEGER NOT NULL,           -- as it was told: 0 informational … 4 critical
    ended     INTEGER NOT NULL,           -- 1 once its end was told
    cause     TEXT NOT NULL,              -- rule, app and device: what is told together
    message   TEXT NOT NULL,              -- Message-ID of its mail; '' while it waits, or was only in a digest
    moment    INTEGER NOT NULL,           -- nanoseconds since the epoch
    UNIQUE (alert, recipient)
);
CREATE INDEX told_cause ON told (recipient, cause, moment);

-- Alerts that wait for a later mail.
CREATE TABLE pending (
    id        INTEGER PRIMARY KEY,
    alert     TEXT NOT NULL,
    recipient TEXT NOT NULL,
    way       TEXT NOT NULL,              -- why: digest, quiet, held, over (the day's cap)
    due       INTEGER NOT NULL,           -- nanoseconds since the epoch
    UNIQUE (alert, recipient)
);
CREATE INDEX pending_due ON pending (due);
