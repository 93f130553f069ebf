"""`vigie relay`: the only process that sends. What it ships to InfluxDB, and how.

  local store ──► streams ──► points ──► shipping ──► influx      the cursor moves once InfluxDB has acknowledged
                  what changed  lines     parcels      HTTP

What is shipped, and to which bucket (`site` is a tag of every point; sums only grow, so what is sent again overwrites itself):

| measurement | bucket | one point | tags | fields |
| --- | --- | --- | --- | --- |
| minute | detail | a device's minute | device, mac, service, destination | bytes_out, bytes_in, packets_out, packets_in, flows |
| hour | figures | a device's hour | the same | the same |
| alert | figures | an alert | category | id, severity, first_seen, last_seen, count, body |
| ten | totals | ten minutes of all devices | service, destination | as of minute |
| seeing | totals | ten minutes: how well the box saw | | watched, silent (seconds), packets, bytes, drops, gaps, shed, unreadable |
| done_right | totals | a day: what was as it should be | what | times |
| box | detail | a minute of the box's own | | the status's figures, and how far the relay came |

At privacy level `full` a device is its address, with its MAC; at the others a keyed pseudonym, and no MAC.
"""
