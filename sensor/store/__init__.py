"""The journal (alerts: durable) and the series (traffic over time): SQLite, one file per writing process."""
