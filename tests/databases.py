"""SQLite as tests open it by hand: `sqlite3.connect(path, factory=Database)`."""

import sqlite3


class Database(sqlite3.Connection):
    """Closed once nobody holds it any more; `with` only commits. Python 3.13 warns of one that is left open."""

    def __del__(self) -> None:
        self.close()
