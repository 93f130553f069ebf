"""Shows and tells: the command line, the pages, the API. Reads what `sensor` decided, never captures."""
