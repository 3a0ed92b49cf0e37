"""Ways to damage a file, by a seed, and what must hold of any session that can be opened."""

from __future__ import annotations

import random
from pathlib import Path

from wsinspect.session.reader import Reader

PAGE = 16384


def damaged(data: bytes, seed: int) -> bytes:
    """The file with something wrong: cut off, pages overwritten or zeroed, bits turned, blocks swapped."""
    rng = random.Random(seed)
    found = bytearray(data)
    pages = len(data) // PAGE
    kind = rng.choice(["cut", "cut", "overwritten", "zeroed", "flipped", "swapped", "grown"])
    if kind == "cut":
        del found[rng.randrange(len(found)) :]
    elif kind == "flipped":
        for _ in range(rng.randrange(1, 300)):
            found[rng.randrange(len(found))] ^= 1 << rng.randrange(8)
    elif kind == "grown":
        found += rng.randbytes(rng.randrange(1, 3 * PAGE))
    else:
        for _ in range(rng.choice([1, 1, 2, 8])):
            at, other = (PAGE * rng.randrange(pages) for _ in range(2))
            new = {"overwritten": rng.randbytes(PAGE), "zeroed": bytes(PAGE), "swapped": found[other : other + PAGE]}
            found[at : at + PAGE] = new[kind]
    return bytes(found)


def read_all(path: Path) -> int:
    """Read everything of a session, and check that it is whole in itself; returns how many rows it has."""
    reader = Reader(path)
    try:
        info = reader.info()
        for connection in reader.connections(1, 1000):
            rows = reader.rows(connection.id, 1, 10_000)
            assert [row.number for row in rows] == list(range(1, connection.rows + 1))
            assert not [row for row in rows if row.event and "missing in the session" in str(row.event.data)]
            reader.close_story(connection.id)
            reader.findings(connection.id)
            reader.handshake(connection.id)
        assert len(reader.all_rows(1, 10_000)) == info.rows
        return info.rows
    finally:
        reader.close()
