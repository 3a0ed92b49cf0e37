"""``decode``: how many messages a second are read back from a session file, unmasked, inflated and joined."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame
from websockets.protocol import Protocol, State
from websockets.protocol import Side as End
from websockets.version import version

from tests.benchmarks.client import Lost
from tests.benchmarks.peers import WSINSPECT, scratch
from tests.benchmarks.sessions import Wire, record, stream
from tests.benchmarks.tables import ROUNDS, Table, count, interleaved, median, per_second, times
from wsinspect.session.reader import WINDOW_LIMIT, Reader

SIZE = 100
SIZES = (100_000, 1_000_000, 3_000_000)
LIBRARY = f"websockets {version}"
FEWER = 30
"""The library gets that many times fewer messages."""


class Case(NamedTuple):
    """What is read."""

    name: str
    wire: Wire
    connection: int | None = None
    """Whose rows; None for those of all connections."""


def run(*, quick: bool) -> Table:
    """The table."""
    sizes = [size // 1000 if quick else size for size in SIZES]
    with scratch() as folder:
        for wire in Wire:
            for size in sizes:
                record(folder / f"{wire}-{size}.wsi", size, SIZE, wire)
        ours = [Case(WSINSPECT, wire, connection) for wire in Wire for connection in (1, None)]
        cases = {case: partial(_read, folder, case, sizes) for case in ours}
        cases |= {case: partial(_parse, case.wire, sizes) for case in (Case(LIBRARY, wire) for wire in Wire)}
        found = interleaved(cases, 1 if quick else ROUNDS)
    rates = {case: [median([one[place] for one in rounds]) for place in range(3)] for case, rounds in found.items()}
    return _table(sizes, rates)


def _read(folder: Path, case: Case, sizes: Sequence[int]) -> list[float]:
    """Messages a second, in the largest windows that one call gives."""
    rates = []
    for size in sizes:
        reader = Reader(folder / f"{case.wire}-{size}.wsi")
        begin, position, decoded = time.perf_counter(), 1, 0
        while rows := (
            reader.all_rows(position, WINDOW_LIMIT)
            if case.connection is None
            else reader.rows(case.connection, position, WINDOW_LIMIT)
        ):
            position += len(rows)
            decoded += sum(len(row.head) == SIZE for row in rows)
        rates.append(decoded / (time.perf_counter() - begin))
        reader.close()
        if decoded != size:
            raise Lost(f"{decoded} of {size} messages were read")
    return rates


def _parse(wire: Wire, sizes: Sequence[int]) -> list[float]:
    """Messages a second that the library finds in the same bytes, held in memory."""
    rates = []
    for size in sizes:
        pieces = list(stream(max(10, size // FEWER), SIZE, wire))
        end = End.SERVER if wire is Wire.MASKED else End.CLIENT
        protocol = Protocol(end, state=State.OPEN, max_size=None)
        if wire is Wire.DEFLATED:
            protocol.extensions = [PerMessageDeflate(False, False, 15, 15)]
        begin, decoded = time.perf_counter(), 0
        for piece in pieces:
            for at in range(0, len(piece), 1 << 16):
                protocol.receive_data(piece[at : at + (1 << 16)])
                decoded += sum(
                    isinstance(frame, Frame) and len(frame.data) == SIZE for frame in protocol.events_received()
                )
        rates.append(decoded / (time.perf_counter() - begin))
        if decoded != max(10, size // FEWER):
            raise Lost(f"{decoded} of {max(10, size // FEWER)} messages were found")
    return rates


def _table(sizes: Sequence[int], rates: dict[Case, list[float]]) -> Table:
    library = {case.wire: found[-1] for case, found in rates.items() if case.name == LIBRARY}
    whose = {1: "one connection", None: "all, by time"}
    rows = [
        [
            case.name,
            case.wire.value,
            "from memory" if case.name == LIBRARY else whose[case.connection],
            *(
                f"{per_second(rate)} of {count(max(10, size // FEWER) if case.name == LIBRARY else size)}"
                for rate, size in zip(found, sizes, strict=True)
            ),
            times(found[-1], library[case.wire]),
        ]
        for case, found in rates.items()
    ]
    return Table(
        f"Text messages of {SIZE} B read back from a session file, every one decoded: unmasked, inflated, joined.",
        ("reader", "on the wire", "rows of", "small session", "larger", "largest", "× library"),
        rows,
        [f"Read {WINDOW_LIMIT:,} at a time. The library parses the same bytes in memory, with its part in C."],
    )
