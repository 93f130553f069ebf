-- What changed since when, for who copies it elsewhere (`vigie relay`): each moment of the levels that are copied, with the
-- number that "touched" had when a row of it was written last. Sums only grow, so what is copied again is copied over.
CREATE TABLE touched (
    level  INTEGER NOT NULL,
    start  INTEGER NOT NULL,              -- epoch minute
    change INTEGER NOT NULL,
    PRIMARY KEY (level, start)
) WITHOUT ROWID;
CREATE INDEX touched_since ON touched (level, change, start);
INSERT INTO touched SELECT DISTINCT level, start, 1 FROM traffic WHERE level IN (0, 2, 4);
INSERT INTO meta VALUES ('touched', 1);
