"""The stores: one SQLite file for each process that writes, with a journal that is chained and signed, under DIR/watch, serve, relay.

  base            what all three are: lock, damage, migrations, keys, journal, commit, upkeep
  watch           alerts and traffic; series, traffic, detail, seeing, done_right, touched: its tables; unsure: before the clock is set
  serve, relay    sign-ins and decisions; cursors and what waits to be sent
  schema          whose file it is, and migrations/; errors: will it pass, or does it need a human
  reader          reading what another process writes
  journal, entry  the entries, signed, and how the table holds them; packed: their bodies; telling: alerts as entries
  keys            what signs; verify, roots: one journal checked, and all of them against one another
  table, codec    the alerts as they are now
  upkeep          what a store does for itself, a little at a time: retention, aside, space, clock, health
  rescue          a damaged file set aside: salvage, refill
  backup, sealed  all of it in one encrypted file, and back
  status          how the watching goes, in no database; zeek_logs, zeek_fields: nor are Zeek's logs

Each process writes its own only, and reads the others' with read permission.
"""

from sensor.store.series import SeriesRow
from sensor.store.watch import WatchStore

__all__ = ["SeriesRow", "WatchStore"]
