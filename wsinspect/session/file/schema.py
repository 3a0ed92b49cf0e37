"""The tables of a session file, and how to tell one from any other file.

The byte streams are stored as they came, in segments cut anywhere; rows are found in them by reading. A change of any
table raises USER_VERSION.
"""

from __future__ import annotations

import re
import sqlite3

APPLICATION_ID = 0x57534931
"""``WSI1`` in the database header: what ``file`` and SQLite show as the application id."""

USER_VERSION = 1

PAGE_SIZE = 16384

REDACTED = "redacted"
"""The row of the ``capture`` table that says that secrets were masked when the file was exported."""

IS_NOTABLE = "kind IN ('gap','sleep','note')"
"""The condition on events that one goes to when looking for what happened: few, so they have an index by time."""

SCHEMA = (
    """CREATE TABLE capture (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE connection (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  client TEXT NOT NULL,
  server TEXT NOT NULL,
  url TEXT NOT NULL,
  path TEXT NOT NULL,
  opened_ns INTEGER NOT NULL,
  subprotocol TEXT NOT NULL,
  extensions TEXT NOT NULL,
  upgraded_ns INTEGER,
  closed_ns INTEGER,
  status INTEGER,
  status_by_us INTEGER NOT NULL,
  failure TEXT NOT NULL,
  rows INTEGER NOT NULL,
  to_server_messages INTEGER NOT NULL,
  to_server_controls INTEGER NOT NULL,
  to_server_bytes INTEGER NOT NULL,
  to_server_largest INTEGER NOT NULL,
  to_server_last_ns INTEGER NOT NULL,
  to_client_messages INTEGER NOT NULL,
  to_client_controls INTEGER NOT NULL,
  to_client_bytes INTEGER NOT NULL,
  to_client_largest INTEGER NOT NULL,
  to_client_last_ns INTEGER NOT NULL,
  client_close_row INTEGER,
  client_close_ns INTEGER,
  client_close_code INTEGER,
  client_close_reason BLOB,
  server_close_row INTEGER,
  server_close_ns INTEGER,
  server_close_code INTEGER,
  server_close_reason BLOB,
  client_end TEXT,
  client_end_ns INTEGER,
  client_end_by TEXT,
  client_undelivered INTEGER,
  server_end TEXT,
  server_end_ns INTEGER,
  server_end_by TEXT,
  server_undelivered INTEGER,
  rtt_ns INTEGER,
  pings_unanswered INTEGER NOT NULL,
  first_violation TEXT NOT NULL,
  violation_row INTEGER,
  violation_ns INTEGER,
  dialled_ns INTEGER,
  responded_ns INTEGER,
  since_ns INTEGER NOT NULL,
  last_ns INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX connection_live ON connection(id) WHERE closed_ns IS NULL",
    "CREATE INDEX connection_closed ON connection(closed_ns) WHERE closed_ns IS NOT NULL",
    """CREATE TABLE handshake (
  connection INTEGER PRIMARY KEY,
  request BLOB NOT NULL,
  forwarded BLOB NOT NULL,
  response BLOB NOT NULL,
  response_by_us INTEGER NOT NULL,
  connect_ns INTEGER,
  tls_ns INTEGER,
  upgrade_ns INTEGER,
  forwarded_ns INTEGER,
  pieces BLOB NOT NULL
) STRICT""",
    """CREATE TABLE batch (
  id INTEGER PRIMARY KEY,
  first_row INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  first_ns INTEGER NOT NULL,
  last_ns INTEGER NOT NULL,
  first_segment INTEGER NOT NULL,
  segments INTEGER NOT NULL,
  opened INTEGER NOT NULL,
  still_open INTEGER NOT NULL,
  http_requests INTEGER NOT NULL,
  http_last TEXT NOT NULL
) STRICT""",
    "CREATE INDEX batch_rows ON batch(first_row)",
    "CREATE INDEX batch_time ON batch(first_ns)",
    """CREATE TABLE segment (
  id INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL,
  connection INTEGER NOT NULL,
  first_row INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  traits INTEGER NOT NULL,
  first_ns INTEGER NOT NULL,
  since_ns INTEGER NOT NULL,
  known_ns INTEGER NOT NULL,
  c2s_at INTEGER NOT NULL,
  s2c_at INTEGER NOT NULL,
  c2s_open BLOB NOT NULL,
  s2c_open BLOB NOT NULL,
  c2s_row_ns INTEGER NOT NULL,
  s2c_row_ns INTEGER NOT NULL,
  c2s_frame_ns INTEGER NOT NULL,
  s2c_frame_ns INTEGER NOT NULL,
  totals BLOB NOT NULL,
  c2s_waypoints BLOB NOT NULL,
  s2c_waypoints BLOB NOT NULL,
  reads BLOB NOT NULL,
  inflated BLOB NOT NULL,
  c2s BLOB NOT NULL,
  s2c BLOB NOT NULL
) STRICT""",
    "CREATE INDEX segment_rows ON segment(connection, first_row)",
    "CREATE INDEX segment_time ON segment(connection, since_ns)",
    """CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  connection INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  row INTEGER NOT NULL,
  at_ns INTEGER NOT NULL,
  kind TEXT NOT NULL,
  data TEXT NOT NULL
) STRICT""",
    "CREATE INDEX event_row ON event(connection, row)",
    """CREATE TABLE mark (
  connection INTEGER NOT NULL,
  row INTEGER NOT NULL,
  at_ns INTEGER NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (connection, row)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX mark_time ON mark(at_ns)",
    f"CREATE INDEX event_time ON event(at_ns) WHERE {IS_NOTABLE}",
)
"""Every statement that makes the file. ``mark`` is what a user said about rows: at_ns is the time of the row.

What the columns of ``segment`` hold:

- first_row, rows: the rows of this connection that were completed or happened here, events included.
- traits: what these rows are beside plain messages, as the bits of ``stored.traits``.
- since_ns, known_ns: when it began and ended, never before the end of the connection's segment before it, whatever
  clocks do: which segments were there at a time is read from these. first_ns is what the clock said.
- totals: what the connection had come to when the segment began (stored.batch.TOTALS).
- c2s_at, s2c_at: offset in each stream (client's, server's) where this segment's bytes begin.
- c2s_open, s2c_open: state of the row scanner there; empty when no row was unfinished.
- c2s_row_ns, s2c_row_ns: when that unfinished row began to arrive; c2s_frame_ns, s2c_frame_ns: the same of an
  unfinished frame, which may stand inside an unfinished message.
- c2s_waypoints, s2c_waypoints: places where frames begin, for each its position (u32) in the bytes of this segment,
  and the rows of that side that ended here before it (u32); found again in the bytes by whoever doubts them.
- reads: for each read its length with the sender in the top bit (u32), and nanoseconds since first_ns (u64).
- inflated: for each compressed message that ends here: sender (u8), offset of its first frame (u64),
  inflated length (u64), bytes kept (u32), then those bytes. A length of 2**64-1 means: not inflated, the bytes say why.
- c2s, s2c: the bytes, exactly. They come last, so that nothing else is read through them.

The segments of a batch are those from first_segment on, in order of id. Times of batches never overlap. ``pieces`` of a
handshake are like reads: the answer's head and the parts of a refusal's body, times since the connection opened.
"""


def create(db: sqlite3.Connection) -> None:
    """Make an empty session in an empty database: whoever looks meanwhile finds no byte of it, or all."""
    db.execute(f"PRAGMA page_size = {PAGE_SIZE}")
    with db:
        db.execute("BEGIN")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {USER_VERSION}")
        for statement in SCHEMA:
            db.execute(statement)
    db.execute("PRAGMA journal_mode = WAL")


def is_ours(db: sqlite3.Connection) -> bool:
    """Whether the database holds our tables and nothing else: no view, no trigger, no virtual table."""
    found = db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {sql for (sql,) in found} == set(SCHEMA)


def has_our_names(db: sqlite3.Connection) -> bool:
    """Whether it holds tables and indexes of the same names, and nothing else."""
    return _names(db) == set(re.findall(r"CREATE (TABLE|INDEX) (\w+)", "\n".join(SCHEMA)))


def _names(db: sqlite3.Connection) -> set[tuple[str, str]]:
    found = db.execute("SELECT upper(type), name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
    return {(kind, name) for kind, name in found}
