"""The session file (``*.wsi``, SQLite): recorder, writer thread and reader; the only code that knows sqlite3."""
