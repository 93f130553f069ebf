"""InfluxDB 2 as Vigie knows it: the client told in outcomes, tokens, buckets; setting it up and checking it."""
