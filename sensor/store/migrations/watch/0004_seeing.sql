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
