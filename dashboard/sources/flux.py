"""What the pages ask InfluxDB, as Flux. Called by `dashboard.sources.influx`; what varies travels beside it, as `p_NAME`.

A day is one question of several answers, so that each stretch of time is read once: sums by device and class are made of its rows.
"""

BYTES = """
data = (bucket, measurement, start, stop) => from(bucket: bucket)
    |> range(start: start, stop: stop)
    |> filter(fn: (r) => r._measurement == measurement and r.site == p_site)
    |> filter(fn: (r) => r._field == "bytes_out" or r._field == "bytes_in")
"""
HOURS = """
data(bucket: p_figures, measurement: "hour", start: p_start, stop: p_hour)
    |> group(columns: ["device", "mac", "_field"]) |> sum() |> group() |> limit(n: p_rows) |> yield(name: "hours")
"""
TENS = """
data(bucket: p_totals, measurement: "ten", start: p_start, stop: p_ten)
    |> keep(columns: ["service", "destination", "_field", "_time", "_value"]) |> group() |> limit(n: p_rows)
    |> yield(name: "tens")
"""
MINUTES = """
data(bucket: p_detail, measurement: "minute", start: p_hour, stop: p_stop)
    |> aggregateWindow(every: 10m, fn: sum, createEmpty: false, timeSrc: "_start")
    |> keep(columns: ["device", "mac", "service", "destination", "_field", "_time", "_value"]) |> group() |> limit(n: p_rows)
    |> yield(name: "minutes")
"""
GOOD = """
from(bucket: p_totals)
    |> range(start: p_start, stop: p_stop)
    |> filter(fn: (r) => r._measurement == "done_right" and r.site == p_site and r._field == "times")
    |> group(columns: ["what"]) |> sum() |> group() |> limit(n: p_rows) |> yield(name: "good")
"""
SEEN = """
from(bucket: p_totals)
    |> range(start: p_start, stop: p_stop)
    |> filter(fn: (r) => r._measurement == "seeing" and r.site == p_site)
    |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") |> group() |> limit(n: p_rows)
"""
ALERTS = """
import "timezone"
from(bucket: p_figures)
    |> range(start: p_start, stop: p_stop)
    |> filter(fn: (r) => r._measurement == "alert" and r.site == p_site and r._field == "count")
    |> aggregateWindow(
        every: 1d, fn: count, createEmpty: false, timeSrc: "_start", location: timezone.location(name: p_zone)
    )
    |> group() |> limit(n: p_most)
"""
NEWEST = """
from(bucket: p_detail)
    |> range(start: p_start, stop: p_stop)
    |> filter(fn: (r) => r._measurement == "box" and r.site == p_site and r._field == "round")
    |> max()
"""
BOX = """
from(bucket: p_detail)
    |> range(start: p_start, stop: p_stop)
    |> filter(fn: (r) => r._measurement == "box" and r.site == p_site)
"""
