-- How well the box saw, in steps of ten minutes (sensor.store.seeing).
CREATE TABLE seeing (
    start      INTEGER PRIMARY KEY,       -- epoch minute, a multiple of ten
    watched    REAL NOT NULL,             -- seconds that `watch` ran, and those of them in minutes without a packet
    silent     REAL NOT NULL,
    packets    INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    drops      INTEGER NOT NULL,
    gaps       INTEGER NOT NULL,
    shed       INTEGER NOT NULL,
    unreadable INTEGER NOT NULL
);

-- What was as it should be (sensor.store.done_right), by the practice's day: its first epoch minute.
CREATE TABLE done_right (
    start INTEGER NOT NULL,
    what  TEXT NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (start, what)
) WITHOUT ROWID;
