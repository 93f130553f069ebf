-- What is known of each device's backup to one place: JSON, as `sensor.store.runs` writes it. `last`: epoch minute.
CREATE TABLE backup (
    device TEXT NOT NULL,
    place  TEXT NOT NULL,
    last   INTEGER NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (device, place)
) WITHOUT ROWID;
