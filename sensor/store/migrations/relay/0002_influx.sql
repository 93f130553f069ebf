-- Where in InfluxDB an alert lies: its point's time stays the same while the alert grows.
CREATE TABLE placed (
    id    INTEGER PRIMARY KEY,
    alert TEXT NOT NULL UNIQUE,
    at    INTEGER NOT NULL                -- nanoseconds since the epoch
);

-- Points that InfluxDB refused for what they are: nobody sends them again.
CREATE TABLE aside (
    id     INTEGER PRIMARY KEY,
    point  TEXT NOT NULL,                 -- line protocol, its first 2,000 characters
    reason TEXT NOT NULL,                 -- InfluxDB's words
    moment INTEGER NOT NULL               -- nanoseconds since the epoch
);
