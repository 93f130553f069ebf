-- The hosts outside that the practice uses: what was exchanged with each, by month (`sensor.store.hosts`).
CREATE TABLE host (
    month     INTEGER NOT NULL,           -- epoch minute at which the practice's month begins
    place     TEXT NOT NULL,              -- the name on a list, else the registrable domain, else the address
    device    INTEGER NOT NULL,           -- a number of `device`; 0: all posts together
    class     TEXT NOT NULL,              -- as in `traffic`; empty: on no list
    first     INTEGER NOT NULL,           -- epoch minutes
    last      INTEGER NOT NULL,
    bytes_out INTEGER NOT NULL,
    bytes_in  INTEGER NOT NULL,
    PRIMARY KEY (month, place, device)
) WITHOUT ROWID;
