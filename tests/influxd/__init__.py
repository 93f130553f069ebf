"""The real InfluxDB for the tests: its server built from its Go module, and started on loopback."""
