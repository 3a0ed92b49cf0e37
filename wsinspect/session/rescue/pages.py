"""The pages of a database file read without SQLite, for a file that SQLite refuses: whatever still is a record.

SQLite finds rows by going down trees from the first page, so that one bad page can hide all that lies below it. Here
every page is looked at by itself: a page of a table holds whole rows, whoever points to it. Nothing is believed: sizes
and chains are checked against the file, and a row that contradicts itself is left out.

Source: https://www.sqlite.org/fileformat2.html (the database file format, the write-ahead log).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import BinaryIO, NamedTuple

from wsinspect.session.file import schema

MAGIC = b"SQLite format 3\0"

LARGEST_RECORD = 64 << 20
"""Bytes of one row that are believed."""

_LEAF_TABLE, _LEAF_INDEX, _INNER_INDEX = 0x0D, 0x0A, 0x02
_WAL_HEADER, _FRAME_HEADER = 32, 24
_WAL_MAGIC = 0x377F0682

Value = int | float | str | bytes | None


class Header(NamedTuple):
    """What the first 100 bytes of a database say."""

    page_size: int
    pages: int
    """How many there should be; 0 when it is not said."""
    application: int
    version: int


class Found(NamedTuple):
    """One row found on a page."""

    rowid: int | None
    """None in tables without one."""
    values: tuple[Value, ...]


def read_header(path: Path) -> Header | None:
    """The header of a database file; None where there is none to be read.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(100)
    if len(start) < 100 or not start.startswith(MAGIC):
        return None
    size = int.from_bytes(start[16:18])
    size = 65536 if size == 1 else size
    if size < 512 or size & (size - 1):
        return None
    return Header(size, int.from_bytes(start[28:32]), int.from_bytes(start[68:72]), int.from_bytes(start[60:64]))


class Pages:
    """The pages of a file, with what a write-ahead log beside it holds of them."""

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            OSError: it cannot be read.
        """
        header = read_header(path)
        self.size = header.page_size if header else schema.PAGE_SIZE
        """Bytes of a page."""
        self._file: BinaryIO = path.open("rb")
        self._log: BinaryIO | None = None
        self._logged: dict[int, int] = {}
        log = path.with_name(path.name + "-wal")
        if log.is_file():
            self._log = log.open("rb")
            self._logged = dict(_logged_pages(self._log, self.size))
        whole, rest = divmod(path.stat().st_size, self.size)
        self.count = max(whole + (rest > 0), *self._logged, 0)
        """How many there are, the last perhaps cut off."""

    def close(self) -> None:
        """Let go of the files."""
        self._file.close()
        if self._log is not None:
            self._log.close()

    def page(self, number: int) -> bytes:
        """A page by its number, from 1; shorter than a page, or empty, where the file ends."""
        at = self._logged.get(number)
        if at is not None and self._log is not None:
            self._log.seek(at)
            return self._log.read(self.size)
        self._file.seek((number - 1) * self.size)
        return self._file.read(self.size)

    def unused(self) -> set[int]:
        """The pages on the list of free ones: what stands there was deleted."""
        found: set[int] = set()
        trunk = int.from_bytes(self.page(1)[32:36])
        while 0 < trunk <= self.count and trunk not in found:
            found.add(trunk)
            page = self.page(trunk)
            leaves = min(int.from_bytes(page[4:8]), self.size // 4 - 2)
            found.update(number for (number,) in struct.iter_unpack(">I", page[8 : 8 + 4 * leaves]))
            trunk = int.from_bytes(page[:4])
        return found

    def rows(self, number: int) -> Iterator[Found]:
        """The rows that a page holds, those that are whole; nothing on a page of another kind."""
        page = self.page(number)
        if len(page) < self.size:
            # Cut off: cells are filled from the end of a page, so that the missing part may be any of them.
            page += bytes(self.size - len(page))
        start = 100 if number == 1 else 0
        kind = page[start]
        if kind not in (_LEAF_TABLE, _LEAF_INDEX, _INNER_INDEX):
            return
        pointers = start + (12 if kind == _INNER_INDEX else 8)
        count = min(int.from_bytes(page[start + 3 : start + 5]), (self.size - pointers) // 2)
        for (at,) in struct.iter_unpack(">H", page[pointers : pointers + 2 * count]):
            if not pointers <= at < self.size:
                continue
            try:
                yield self._cell(page, kind, at)
            except (ValueError, IndexError, struct.error):
                continue

    def _cell(self, page: bytes, kind: int, at: int) -> Found:
        if kind == _INNER_INDEX:
            at += 4
        size, at = _varint(page, at)
        rowid: int | None = None
        if kind == _LEAF_TABLE:
            rowid, at = _varint(page, at)
            rowid -= (rowid >> 63) << 64
        if size > LARGEST_RECORD:
            raise ValueError("a row of that size")
        return Found(rowid, _record(self._payload(page, at, size, is_table=kind == _LEAF_TABLE)))

    def _payload(self, page: bytes, at: int, size: int, *, is_table: bool) -> bytes:
        """A row's bytes, which may go on in a chain of pages."""
        usable = self.size
        most = usable - 35 if is_table else (usable - 12) * 64 // 255 - 23
        if size <= most:
            if at + size > usable:
                raise ValueError("a row beyond its page")
            return page[at : at + size]
        least = (usable - 12) * 32 // 255 - 23
        local = least + (size - least) % (usable - 4)
        local = local if local <= most else least
        pieces = [page[at : at + local]]
        left, number = size - local, int.from_bytes(page[at + local : at + local + 4])
        met: set[int] = set()
        while left > 0:
            if not 0 < number <= self.count or number in met:
                raise ValueError("a chain that leads nowhere")
            met.add(number)
            further = self.page(number)
            wanted = min(left, usable - 4)
            if len(further) < 4 + wanted:
                raise ValueError("a chain beyond the end of the file")
            pieces.append(further[4 : 4 + wanted])
            left -= wanted
            number = int.from_bytes(further[:4])
        if number:
            raise ValueError("a chain that is longer than its row")
        return b"".join(pieces)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of 1 to 9 bytes, and where it ends."""
    value = 0
    for step in range(8):
        byte = data[at + step]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + step + 1
    return value << 8 | data[at + 8], at + 9


_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
"""Bytes of a value by its type, where the type says it."""


def _record(data: bytes) -> tuple[Value, ...]:
    """The values of a row.

    Raises:
        ValueError, IndexError: it contradicts itself.
    """
    end, at = _varint(data, 0)
    types: list[int] = []
    while at < end:
        kind, at = _varint(data, at)
        types.append(kind)
    values: list[Value] = []
    at = end
    for kind in types:
        size = _SIZES[kind] if kind < 10 else (kind - 12) // 2
        if kind in (10, 11) or at + size > len(data):
            raise ValueError("a value beyond its row")
        values.append(_value(kind, data[at : at + size]))
        at += size
    if at != len(data):
        raise ValueError("a row that is longer than its values")
    return tuple(values)


def _value(kind: int, data: bytes) -> Value:
    if kind == 0:
        return None
    if kind == 7:
        found: float = struct.unpack(">d", data)[0]
        return found
    if kind in (8, 9):
        return kind - 8
    if kind < 7:
        return int.from_bytes(data, signed=True)
    return data.decode() if kind % 2 else data


def _logged_pages(log: BufferedIOBase | BinaryIO, page_size: int) -> Iterator[tuple[int, int]]:
    """The pages that a write-ahead log holds in whole commits: number, and where in the log; the later one counts."""
    header = log.read(_WAL_HEADER)
    if len(header) < _WAL_HEADER:
        return
    magic, _, size, _, *salts = struct.unpack(">6I", header[:24])
    if magic & ~1 != _WAL_MAGIC or size != page_size:
        return
    order = ">" if magic & 1 else "<"
    sums = _sums(header[:24], (0, 0), order)
    if sums != struct.unpack(">2I", header[24:]):
        return
    pending: list[tuple[int, int]] = []
    while len(frame := log.read(_FRAME_HEADER + page_size)) == _FRAME_HEADER + page_size:
        number, commit, *rest = struct.unpack(">6I", frame[:24])
        sums = _sums(frame[_FRAME_HEADER:], _sums(frame[:8], sums, order), order)
        if rest[:2] != salts or tuple(rest[2:]) != sums:
            return
        pending.append((number, log.tell() - page_size))
        if commit:
            yield from pending
            pending.clear()


def _sums(data: bytes, sums: tuple[int, int], order: str) -> tuple[int, int]:
    """The log's running checksum over more data."""
    first, second = sums
    for one, two in struct.iter_unpack(f"{order}2I", data):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + two + first) & 0xFFFFFFFF
    return first, second
